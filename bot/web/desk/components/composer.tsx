import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import * as desk from "../desk";
import { texts } from "../preferences";

/** What a nurse had begun to write, per conversation, while another one is open. */
const drafts = new Map<string, string>();

export function Composer() {
  const t = texts.value;
  const conversation = desk.openId.value ?? "";
  const [text, setText] = useState(drafts.get(conversation) ?? "");
  const field = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 200)}px`;
  }, [text]);

  function change(next: string): void {
    setText(next);
    drafts.set(conversation, next);
  }

  function send(): void {
    if (!text.trim()) return;
    desk.say(text.trim());
    change("");
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
        ref={field}
        rows={2}
        value={text}
        aria-label={t.write}
        placeholder={t.write}
        aria-describedby="write-hint"
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="composer-foot">
        <span id="write-hint">{t.writeHint}</span>
        <button type="submit" class="button primary" aria-disabled={!text.trim()}>
          <Icon name="send" />
          {t.send}
        </button>
      </div>
    </form>
  );
}
