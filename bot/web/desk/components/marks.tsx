/** What the patient said of an answer, and what it should have been. */

import type { Outcome } from "../../shared/protocol";
import { RichText } from "../../shared/rich-text";
import * as desk from "../desk";
import { texts } from "../preferences";
import { CorrectButton } from "./correct";

export function AnswerMarks({ entry, outcome }: { entry: string; outcome: Outcome }) {
  const t = texts.value;
  const helpful = desk.opened.value?.feedback[entry];
  const correction = desk.opened.value?.corrections[entry];
  return (
    <div class="entry-marks">
      {helpful !== undefined && <span class="mark">{helpful ? t.foundHelpful : t.foundNotHelpful}</span>}
      <CorrectButton entry={entry} before={correction ?? { outcome, text: "", topic: null }} at={correction?.at ?? 0} />
      {correction && (
        <div class="correction">
          <strong>{t.corrected(correction.by, t.outcomeNames[correction.outcome])}</strong>
          <RichText text={correction.text} />
        </div>
      )}
    </div>
  );
}
