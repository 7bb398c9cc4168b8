import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import type { NotePart } from "../../shared/protocol";
import { openId, summary, type Opened } from "../desk";
import { lang, texts } from "../preferences";

const COPIED_MS = 2_500;

export function NotePanel({ opened }: { opened: Opened }) {
  const t = texts.value;
  const note = opened.note[lang.value];
  return (
    <div class="note-panel">
      <section>
        <div class="note-head">
          <h3>{t.note}</h3>
          <CopyButton text={plain(note)} />
        </div>
        <NoteParts note={note} />
      </section>
      <SummaryText />
    </div>
  );
}

function NoteParts({ note }: { note: NotePart[] }) {
  return (
    <dl class="note">
      {note.map(({ part, lines }) => (
        <div key={part} class={`note-part ${part}`}>
          <dt>{texts.value.parts[part]}</dt>
          {lines.map((line, index) => (
            <dd key={index}>{line}</dd>
          ))}
        </div>
      ))}
    </dl>
  );
}

/** As one pastes it into another system. */
function plain(note: NotePart[]): string {
  return note.map(({ part, lines }) => `${texts.value.parts[part]}\n${lines.map((line) => `- ${line}`).join("\n")}`).join("\n\n");
}

/** Prose by a model, only as far as it keeps to the facts; never copied with the note. */
function SummaryText() {
  const t = texts.value;
  const written = summary.value;
  if (!written?.sentences.length || written.conversation !== openId.value || written.lang !== lang.value) return null;
  return (
    <section class="summary">
      <h3>
        <Icon name="spark" />
        {t.summary}
      </h3>
      <p>{written.sentences.join(lang.value === "zh" ? "" : " ")}</p>
      <p class="soft">{t.summaryHint}</p>
    </section>
  );
}

function CopyButton({ text }: { text: string }) {
  const t = texts.value;
  const [state, setState] = useState<"copied" | "copyFailed" | null>(null);

  useEffect(() => {
    if (!state) return;
    const timer = window.setTimeout(() => setState(null), COPIED_MS);
    return () => window.clearTimeout(timer);
  }, [state]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      setState("copyFailed");
    }
  }

  return (
    <>
      <button type="button" class="button outline small" onClick={() => void copy()}>
        <Icon name={state === "copied" ? "check" : "copy"} />
        {state ? t[state] : t.copy}
      </button>
      <span class="visually-hidden" role="status">
        {state && t[state]}
      </span>
    </>
  );
}
