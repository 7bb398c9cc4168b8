/** The conversation itself. Each line keeps its key from "sending" to stored, and from first sentence to whole answer. */

import { useRef } from "preact/hooks";
import { Icon } from "../../shared/icons";
import type { Entry } from "../../shared/protocol";
import * as chat from "../chat";
import { useFollow } from "../follow";
import type { Outgoing } from "../storage";
import { offeringEntry, type Partial } from "../timeline";
import { AdviceCard } from "./advice";
import { Intro } from "./intro";
import { AnswerMessage, Line, Notice, PatientMessage } from "./messages";

export function Log() {
  const t = chat.texts.value;
  const { entries, partial, working, unsaved, feedback } = chat.timeline.value;
  const waiting = chat.unsent.value.filter((item) => item.type === "say");
  const scroller = useRef<HTMLElement>(null);
  const { more, toEnd, onScroll } = useFollow(scroller, [entries, partial, working, unsaved, waiting.length, feedback]);

  return (
    <div class="log-frame">
      <main class="log" ref={scroller} tabIndex={0} aria-label={t.log} onScroll={onScroll}>
        <Intro />
        <div role="log" aria-live="polite" aria-relevant="additions" aria-busy={!chat.settled.value}>
          {rows(entries, partial, waiting).map((row) => (
            <LogRow {...row} />
          ))}
          {unsaved.map((advice) => (
            <AdviceCard key={`unsaved-${advice.id}`} text={advice.text} advice={advice.advice} newest note={t.unsavedNote} />
          ))}
        </div>
        {working && !partial && <Working />}
        <QuickReplies />
      </main>
      {more && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" />
          {t.newMessages}
        </button>
      )}
    </div>
  );
}

interface Row {
  key: string;
  first: boolean;
  entry?: Entry;
  partial?: Partial;
  item?: Outgoing;
}

function rows(entries: readonly Entry[], partial: Partial | null, waiting: Outgoing[]): Row[] {
  const known = entries.map((entry, n) => ({ key: keyOf(entry), entry, first: entries[n - 1]?.from !== entry.from }));
  const drafted = partial ? [{ key: `answer-${partial.turn}`, partial, first: entries.at(-1)?.from !== "bot" }] : [];
  return [...known, ...drafted, ...waiting.map((item) => ({ key: item.id, item, first: false }))];
}

function keyOf(entry: Entry): string {
  if (entry.client_id) return entry.client_id;
  return entry.kind === "answer" && entry.turn ? `answer-${entry.turn}` : entry.id;
}

function LogRow({ entry, partial, item, first }: Omit<Row, "key">) {
  if (item) return <PatientMessage text={item.text} item={item} />;
  if (partial) return <AnswerMessage partial={partial} first={first} />;
  if (!entry) return null;
  if (entry.kind === "notice" || entry.from === "system") return <Notice entry={entry} />;
  if (entry.from === "patient") return <PatientMessage text={entry.text} lang={entry.lang} />;
  if (entry.kind === "advice" && entry.advice) {
    return <AdviceCard text={entry.text} advice={entry.advice} lang={entry.lang} newest={isNewestAdvice(entry)} />;
  }
  if (entry.kind === "answer" && entry.answer) return <AnswerMessage entry={entry} first={first} />;
  return entry.text ? <Line entry={entry} first={first} /> : null;
}

/** Only the newest card interrupts a screen reader. */
function isNewestAdvice(entry: Entry): boolean {
  return chat.timeline.value.entries.findLast((other) => other.kind === "advice") === entry;
}

function Working() {
  return (
    <p class="working">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {chat.texts.value.working}
    </p>
  );
}

function QuickReplies() {
  const entry = offeringEntry(chat.timeline.value);
  const { owner } = chat.state.value;
  const answerable = owner === "bot" || (owner === "queue" && entry?.question);
  if (!entry || chat.unsent.value.length > 0 || !answerable) return null;
  return (
    <div class="quick-replies" lang={entry.lang}>
      {entry.buttons!.map((button, index) => (
        <button
          type="button"
          class="quick-reply"
          key={index}
          onClick={() => {
            chat.say(button.title, { entry: entry.id, index });
            document.getElementById("composer")?.focus();
          }}
        >
          {button.title}
        </button>
      ))}
    </div>
  );
}
