import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import * as chat from "../chat";

/** From this share of the limit on, the patient is told how much room is left. */
const NEAR_LIMIT = 0.8;

/** The server counts characters as Python does: code points, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}

export function Composer() {
  const t = chat.texts.value;
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const length = lengthOf(text.trim());
  const tooLong = length > chat.limit.value;

  useEffect(() => {
    if (!chat.draft.value) return;
    setText(chat.draft.value);
    chat.draft.value = "";
    field.current?.focus();
  }, [chat.draft.value]);

  useEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 140)}px`;
  }, [text]);

  function send(): void {
    if (!text.trim() || tooLong) return;
    chat.say(text.trim());
    setText("");
    field.current?.focus();
  }

  /** While an input method composes, Enter picks a character; Safari reports that only by key code 229. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        id="composer"
        ref={field}
        rows={1}
        value={text}
        aria-label={chat.state.value.owner === "nurse" ? t.placeholderNurse : t.placeholder}
        placeholder={chat.state.value.owner === "nurse" ? t.placeholderNurse : t.placeholder}
        aria-invalid={tooLong}
        aria-describedby="composer-count"
        enterkeyhint="send"
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" class="send" aria-label={t.send} aria-disabled={!text.trim() || tooLong}>
        <Icon name="send" />
      </button>
      <span id="composer-count" class={`count ${tooLong ? "over" : ""}`} role="status">
        {length > chat.limit.value * NEAR_LIMIT && t.remaining(chat.limit.value - length)}
      </span>
    </form>
  );
}
