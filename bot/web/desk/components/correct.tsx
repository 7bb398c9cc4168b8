import { useRef, useState } from "preact/hooks";
import type { Correction, Outcome } from "../../shared/protocol";
import * as desk from "../desk";
import { texts } from "../preferences";

const OUTCOMES: Outcome[] = ["answered", "not_covered", "refused", "escalated"];

interface CorrectProps {
  entry: string;
  /** What is shown to begin with: the correction that there is, or what the answer was. */
  before: Correction;
  /** When that correction was made. */
  at: number;
}

/** Says what an answer should have been; the patient is not told. What was begun stays until there is a newer correction. */
export function CorrectButton({ entry, before, at }: CorrectProps) {
  const t = texts.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const seen = useRef(at);
  const [draft, setDraft] = useState(before);
  const change = (part: Partial<Correction>) => setDraft({ ...draft, ...part });

  function open(): void {
    if (seen.current !== at) setDraft(before);
    seen.current = at;
    dialog.current?.showModal();
  }

  function save(event: Event): void {
    event.preventDefault();
    const { outcome, text, topic } = draft;
    if (desk.correct(entry, { outcome, text: text.trim(), topic: topic?.trim() || null })) dialog.current?.close();
  }

  return (
    <>
      <button type="button" class="button outline small" onClick={open}>
        {t.correct}
      </button>
      <dialog
        class="dialog"
        ref={dialog}
        aria-labelledby={`correct-${entry}`}
        onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      >
        <form class="correct-form" onSubmit={save}>
          <h2 id={`correct-${entry}`}>{t.correctTitle}</h2>
          <p>{t.correctText}</p>
          <label>
            {t.rightOutcome}
            <select value={draft.outcome} onChange={(event) => change({ outcome: event.currentTarget.value as Outcome })}>
              {OUTCOMES.map((each) => (
                <option key={each} value={each}>
                  {t.outcomeNames[each]}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t.rightAnswer}
            <textarea
              rows={6}
              maxLength={8000}
              value={draft.text}
              onInput={(event) => change({ text: event.currentTarget.value })}
            />
          </label>
          <label>
            {t.rightTopic}
            <input maxLength={64} value={draft.topic ?? ""} onInput={(event) => change({ topic: event.currentTarget.value })} />
          </label>
          <div class="dialog-actions">
            <button type="button" class="button outline" onClick={() => dialog.current?.close()}>
              {t.cancel}
            </button>
            <button type="submit" class="button primary">
              {t.correctSave}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
