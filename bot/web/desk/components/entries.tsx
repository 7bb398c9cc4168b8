/** The conversation as the nurse reads it: who said what when, what advice was shown, which sources were given. */

import { AnswerBody } from "../../shared/answer";
import { Icon } from "../../shared/icons";
import type { Entry } from "../../shared/protocol";
import { RichText } from "../../shared/rich-text";
import * as desk from "../desk";
import { lang, texts } from "../preferences";
import { AnswerMarks } from "./marks";

export function DeskEntry({ entry }: { entry: Entry }) {
  if (entry.kind === "notice" || entry.from === "system") {
    return (
      <p class="entry-notice" lang={entry.lang}>
        {entry.text}
      </p>
    );
  }
  return (
    <article class={`entry ${entry.from} ${entry.advice?.acuity ?? ""}`}>
      <header>
        <strong>{speaker(entry)}</strong>
        <time dateTime={entry.at}>{clock(entry.at)}</time>
      </header>
      <div class="entry-body">
        <Body entry={entry} />
      </div>
      {entry.answer && <AnswerMarks entry={entry.id} outcome={entry.answer.outcome} />}
    </article>
  );
}

function speaker(entry: Entry): string {
  const t = texts.value;
  if (entry.from === "nurse") return entry.author ?? t.you;
  return entry.from === "patient" ? t.patient : t.assistant;
}

function clock(at: string): string {
  return new Date(at).toLocaleTimeString(lang.value === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
}

function Body({ entry }: { entry: Entry }) {
  const t = texts.value;
  const answer = entry.answer;
  return (
    <>
      {entry.advice && (
        <p class="entry-label">
          <Icon name="alert" />
          {t.adviceGiven[entry.advice.acuity]}
        </p>
      )}
      {answer && t.outcomes[answer.outcome] && <p class="entry-label">{t.outcomes[answer.outcome]}</p>}
      {answer?.sentences.length ? (
        <AnswerBody sentences={answer.sentences} citations={answer.citations} texts={t} lang={entry.lang} />
      ) : (
        <div lang={entry.lang}>
          <RichText text={entry.text} />
        </div>
      )}
      {answer?.help && (
        <p class="entry-help" lang={entry.lang}>
          {answer.help}
        </p>
      )}
    </>
  );
}

export function UnsentLine({ message }: { message: desk.Unsent }) {
  const t = texts.value;
  return (
    <article class="entry nurse unsent">
      <header>
        <strong>{t.you}</strong>
        <span>{message.failed ? `${t.notSent}: ${message.failed}` : t.sending}</span>
        {message.failed && (
          <button type="button" class="button small outline" onClick={() => desk.retry(message.id)}>
            {t.retry}
          </button>
        )}
      </header>
      <div class="entry-body">
        <RichText text={message.text} />
      </div>
    </article>
  );
}
