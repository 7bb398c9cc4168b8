import { Icon } from "../../shared/icons";
import type { Advice } from "../../shared/protocol";
import { RichText } from "../../shared/rich-text";
import * as chat from "../chat";
import { callLabel, dialable } from "../i18n";

const SENTENCE_END = /(?<=[。！？])\s*|(?<=[.!?])\s+(?=[A-Z])/;

/** What to do first stands alone, the rest as a list: nobody reads a paragraph in an emergency. */
function asSteps(text: string): string {
  if (text.includes("\n")) return text;
  const [first, ...rest] = text.split(SENTENCE_END).filter(Boolean);
  return [first, ...rest.map((sentence) => `- ${sentence}`)].join("\n");
}

interface AdviceProps {
  text: string;
  advice: Advice;
  newest: boolean;
  lang?: string;
  note?: string;
}

/** Advice to act now: impossible to take for a chat line, and every number one tap away. */
export function AdviceCard({ text, advice, newest, lang, note }: AdviceProps) {
  const t = chat.texts.value;
  const emergency = advice.acuity === "emergency";
  return (
    <section class={`advice ${advice.acuity}`} role={newest && emergency ? "alert" : "group"} aria-label={titleOf(emergency)}>
      <h3 class="advice-title">
        <Icon name={emergency ? "alert" : "clock"} />
        {titleOf(emergency)}
      </h3>
      <div class="advice-body">
        <div lang={lang}>
          <RichText text={emergency ? asSteps(text) : text} />
        </div>
        <div class="advice-calls">
          {advice.contacts.map((contact) => (
            <a class="call" href={dialable(contact.number)} key={contact.number}>
              <Icon name="phone" />
              {callLabel(t, contact)}
            </a>
          ))}
        </div>
        {note && <p class="advice-note">{note}</p>}
      </div>
    </section>
  );
}

function titleOf(emergency: boolean): string {
  return emergency ? chat.texts.value.emergencyTitle : chat.texts.value.urgentTitle;
}
