import { AnswerBody } from "../../shared/answer";
import { Icon } from "../../shared/icons";
import type { Entry } from "../../shared/protocol";
import { RichText } from "../../shared/rich-text";
import * as chat from "../chat";
import type { Outgoing } from "../storage";
import type { Partial } from "../timeline";
import { Feedback } from "./feedback";

/** The patient's words, from "sending" to stored: one element throughout, so that they are read out once. */
export function PatientMessage({ text, lang, item }: { text: string; lang?: string; item?: Outgoing }) {
  const t = chat.texts.value;
  const code = item && chat.failed.value.get(item.id);
  return (
    <div class={`message patient ${code ? "failed" : ""}`} data-state={item ? (code ? "failed" : "sending") : "sent"}>
      <span class="visually-hidden">{t.you}: </span>
      <p class="bubble" lang={lang}>
        {text}
      </p>
      <span class="message-status">
        {item && code ? <Refused item={item} code={code} /> : item ? sendingText() : t.sent}
      </span>
    </div>
  );
}

function sendingText(): string {
  const t = chat.texts.value;
  return chat.connected.value ? t.sending : t.waitingToSend;
}

function Refused({ item, code }: { item: Outgoing; code: string }) {
  const t = chat.texts.value;
  return (
    <>
      <strong>{t.notSent}.</strong> {t.errors[code] ?? t.errors["other"]}{" "}
      <button type="button" class="link" onClick={() => chat.retry(item.id)}>
        {t.retry}
      </button>{" "}
      <button type="button" class="link" onClick={() => chat.takeBack(item.id)}>
        {t.takeBack}
      </button>
    </>
  );
}

export function Line({ entry, first }: { entry: Entry; first: boolean }) {
  const nurse = entry.from === "nurse";
  return (
    <div class={`message ${entry.from}`}>
      {nurse ? <Author entry={entry} /> : <Assistant first={first} />}
      <div class="bubble" lang={entry.lang}>
        <RichText text={entry.text} />
      </div>
    </div>
  );
}

function Author({ entry }: { entry: Entry }) {
  const t = chat.texts.value;
  return (
    <p class="author">
      <Icon name="nurse" />
      {entry.author ?? t.nurseUnnamed}
      <span class="tag">{t.nurseTag}</span>
    </p>
  );
}

function Assistant({ first }: { first: boolean }) {
  return <p class={first ? "author" : "visually-hidden"}>{chat.texts.value.assistant}</p>;
}

const OUTCOME_LABELS = { not_covered: "notCovered", refused: "refused" } as const;

/** An answer, whole or while its sentences come in: the same element, so that nothing flickers or is read out twice. */
export function AnswerMessage({ entry, partial, first }: { entry?: Entry; partial?: Partial; first: boolean }) {
  const t = chat.texts.value;
  const answer = entry?.answer;
  const outcome = answer?.outcome ?? "answered";
  const label = outcome === "not_covered" || outcome === "refused" ? t[OUTCOME_LABELS[outcome]] : null;
  const sentences = answer?.sentences ?? partial?.sentences.map((item) => item.sentence) ?? [];
  return (
    <div class={`message bot answer ${outcome}`} data-partial={partial !== undefined}>
      <Assistant first={first} />
      <div class="bubble">
        {label && (
          <p class="outcome">
            <Icon name="info" />
            {label}
          </p>
        )}
        {sentences.length > 0 ? (
          <AnswerBody
            sentences={sentences}
            citations={answer?.citations ?? partial?.citations ?? []}
            texts={t}
            lang={entry?.lang}
          >
            <Help entry={entry} />
          </AnswerBody>
        ) : (
          <>
            <div lang={entry?.lang}>
              <RichText text={entry?.text ?? ""} />
            </div>
            <Help entry={entry} />
          </>
        )}
      </div>
      {entry && (outcome === "answered" || outcome === "not_covered") && <Feedback entry={entry} />}
    </div>
  );
}

function Help({ entry }: { entry: Entry | undefined }) {
  if (!entry?.answer?.help) return null;
  return (
    <div class="help">
      <Icon name="nurse" />
      <div>
        <strong>{chat.texts.value.help}</strong>
        <div lang={entry.lang}>{entry.answer.help}</div>
      </div>
    </div>
  );
}

export function Notice({ entry }: { entry: Entry }) {
  return (
    <p class={`notice ${entry.notice ?? ""}`} lang={entry.lang}>
      <span>{entry.text}</span>
    </p>
  );
}
