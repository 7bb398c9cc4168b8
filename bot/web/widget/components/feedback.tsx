import { Icon } from "../../shared/icons";
import type { Entry } from "../../shared/protocol";
import * as chat from "../chat";

/** Whether an answer helped. Nothing of it is read out with the answer, only what comes of a choice. */
export function Feedback({ entry }: { entry: Entry }) {
  const t = chat.texts.value;
  const chosen = chat.timeline.value.feedback.get(entry.id)?.helpful;
  return (
    <div class="feedback" role="group" aria-label={t.feedback} aria-live="off">
      <Choice entry={entry.id} helpful chosen={chosen} />
      <Choice entry={entry.id} helpful={false} chosen={chosen} />
      <div class="feedback-offer" role="status">
        {chosen === true && <span>{t.feedbackThanks}</span>}
        {chosen === false && <NurseOffer />}
      </div>
    </div>
  );
}

function Choice({ entry, helpful, chosen }: { entry: string; helpful: boolean; chosen: boolean | undefined }) {
  const t = chat.texts.value;
  const pressed = chosen === helpful;
  return (
    <button type="button" class="feedback-choice" aria-pressed={pressed} onClick={() => chat.judge(entry, helpful)}>
      {pressed && <Icon name="check" />}
      {helpful ? t.helpful : t.notHelpful}
    </button>
  );
}

/** The same way to a nurse that the status line has; nobody has to take it. */
function NurseOffer() {
  const t = chat.texts.value;
  if (chat.state.value.owner !== "bot") return <span>{t.feedbackThanks}</span>;
  return (
    <>
      <span>{t.feedbackSorry}</span>
      <button
        type="button"
        class="link"
        disabled={chat.askingForNurse.value}
        onClick={() => {
          chat.wantNurse();
          document.getElementById("composer")?.focus();
        }}
      >
        {t.talkToNurse}
      </button>
    </>
  );
}
