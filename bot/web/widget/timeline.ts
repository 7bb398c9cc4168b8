/** What the patient sees of the conversation, as pure functions over immutable values. */

import { compareIds } from "../shared/ids";
import type { Citation, Entry, FeedbackFrame, PartialFrame, Sentence, UnsavedAdvice } from "../shared/protocol";

export interface Partial {
  turn: string;
  sentences: { seq: number; sentence: Sentence }[];
  citations: Citation[];
}

export interface Feedback {
  helpful: boolean;
  /** Whether the server has it. */
  stored: boolean;
}

export interface Timeline {
  /** In order of id, each id once. */
  entries: readonly Entry[];
  /** The newest id received as an entry; what to ask for after a reconnect. */
  cursor: string | null;
  /** The answer that is being written: its verified sentences so far. */
  partial: Partial | null;
  /** The turn that the assistant is working on, or null. */
  working: string | null;
  /** Emergency advice for messages that the server could not store yet, by the message's own id. */
  unsaved: readonly UnsavedAdvice[];
  /** What the patient said of answers, by entry. */
  feedback: ReadonlyMap<string, Feedback>;
}

export const EMPTY: Timeline = {
  entries: [],
  cursor: null,
  partial: null,
  working: null,
  unsaved: [],
  feedback: new Map(),
};

function inserted(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  const without = entries.filter((other) => other.id !== entry.id);
  const before = without.findLastIndex((other) => compareIds(other.id, entry.id) < 0);
  return without.toSpliced(before + 1, 0, entry);
}

/** Whether a reply makes provisional advice for this message superfluous. */
function replaces(entry: Entry, advice: UnsavedAdvice, entries: readonly Entry[]): boolean {
  const asked = entries.find((other) => other.client_id === advice.id);
  return entry.kind === "advice" && asked !== undefined && entry.turn === asked.id;
}

export function withEntry(timeline: Timeline, entry: Entry): Timeline {
  const entries = inserted(timeline.entries, entry);
  const replies = entry.from !== "patient" && entry.turn !== null;
  const ends = replies && entry.kind !== "notice";
  return {
    ...timeline,
    entries,
    cursor: !timeline.cursor || compareIds(entry.id, timeline.cursor) > 0 ? entry.id : timeline.cursor,
    partial: ends && entry.kind !== "advice" && timeline.partial?.turn === entry.turn ? null : timeline.partial,
    working: ends && timeline.working === entry.turn ? null : timeline.working,
    unsaved: timeline.unsaved.filter((advice) => !replaces(entry, advice, entries)),
  };
}

/** The patient's own stored message, before it comes back as an entry; it does not move the cursor. */
export function withStored(timeline: Timeline, entry: Entry): Timeline {
  if (timeline.entries.some((other) => other.id === entry.id)) return timeline;
  return { ...timeline, entries: inserted(timeline.entries, entry) };
}

export function withWorking(timeline: Timeline, turn: string): Timeline {
  return isAnswered(timeline, turn) ? timeline : { ...timeline, working: turn };
}

export function withPartial(timeline: Timeline, frame: PartialFrame): Timeline {
  if (isAnswered(timeline, frame.turn)) return timeline;
  const before = timeline.partial?.turn === frame.turn ? timeline.partial : null;
  const others = before?.sentences.filter((known) => known.seq !== frame.seq) ?? [];
  const known = new Set(frame.citations.map((citation) => citation.n));
  return {
    ...timeline,
    working: timeline.working === frame.turn ? null : timeline.working,
    partial: {
      turn: frame.turn,
      sentences: [...others, { seq: frame.seq, sentence: frame.sentence }].sort((a, b) => a.seq - b.seq),
      citations: [...(before?.citations.filter((citation) => !known.has(citation.n)) ?? []), ...frame.citations].sort(
        (a, b) => a.n - b.n,
      ),
    },
  };
}

/** Someone else has the conversation now: what the assistant had begun will not be sent. */
export function withoutDraft(timeline: Timeline): Timeline {
  return { ...timeline, partial: null, working: null };
}

export function withUnsaved(timeline: Timeline, advice: UnsavedAdvice): Timeline {
  return { ...timeline, unsaved: [...timeline.unsaved.filter((other) => other.id !== advice.id), advice] };
}

/** The patient's choice, shown before the server has it. */
export function withChoice(timeline: Timeline, entry: string, helpful: boolean): Timeline {
  return { ...timeline, feedback: new Map(timeline.feedback).set(entry, { helpful, stored: false }) };
}

/** What the server has; it does not undo a choice that is still on its way. */
export function withFeedback(timeline: Timeline, { entry, helpful }: FeedbackFrame): Timeline {
  const known = timeline.feedback.get(entry);
  if (known && !known.stored && known.helpful !== helpful) return timeline;
  return { ...timeline, feedback: new Map(timeline.feedback).set(entry, { helpful, stored: true }) };
}

/** The choices that the server does not have yet. */
export function choices(timeline: Timeline): FeedbackFrame[] {
  const unstored = [...timeline.feedback].filter(([, { stored }]) => !stored);
  return unstored.map(([entry, { helpful }]) => ({ type: "feedback", entry, helpful }));
}

/** The server refused: what it does not have is not shown any longer. */
export function withoutChoices(timeline: Timeline): Timeline {
  return { ...timeline, feedback: new Map([...timeline.feedback].filter(([, { stored }]) => stored)) };
}

/** The answer to a turn is in the log; a sentence of it that arrives late must not show it twice. */
function isAnswered(timeline: Timeline, turn: string): boolean {
  return timeline.entries.some((entry) => entry.turn === turn && (entry.kind === "answer" || entry.kind === "text"));
}

/** The entry whose buttons may still be pressed: one of the newest reply, which may be several entries of one turn. */
export function offeringEntry(timeline: Timeline): Entry | null {
  const spoken = timeline.entries.filter((entry) => entry.kind !== "notice");
  const last = spoken.at(-1);
  if (last?.from !== "bot") return null;
  return spoken.findLast((entry) => entry.from === "bot" && entry.turn === last.turn && entry.buttons?.length) ?? null;
}
