/** The frames of docs/protocol.md, as both front ends see them. */

export type Lang = "en" | "zh";
export type Owner = "bot" | "queue" | "nurse" | "closed";
export type Acuity = "emergency" | "urgent" | "routine" | "self_care";
export type Outcome = "answered" | "not_covered" | "refused" | "escalated";

export interface Contact {
  label: string;
  number: string;
}

export interface Sentence {
  text: string;
  citations: number[];
}

export interface Citation {
  n: number;
  title: string;
  url: string;
  quote: string;
  /** What its licence wants shown with it. */
  licence?: string;
}

export interface Answer {
  outcome: Outcome;
  sentences: Sentence[];
  citations: Citation[];
  help: string | null;
}

export interface Advice {
  acuity: "emergency" | "urgent";
  contacts: Contact[];
}

export interface Entry {
  id: string;
  at: string;
  from: "patient" | "bot" | "nurse" | "system";
  kind: "text" | "answer" | "advice" | "notice";
  text: string;
  lang: string;
  turn: string | null;
  epoch: number;
  client_id?: string;
  author?: string;
  buttons?: { title: string }[];
  answer?: Answer;
  advice?: Advice;
  notice?: string;
  question?: string;
}

export interface ButtonRef {
  entry: string;
  index: number;
}

export type PatientFrame =
  | { type: "hello"; conversation: string; token: string; since: string | null }
  | { type: "say"; id: string; text: string; button?: ButtonRef }
  | { type: "want_human"; id: string }
  | { type: "leave_queue"; id: string }
  | { type: "close"; id: string }
  | { type: "lang"; lang: Lang }
  | FeedbackFrame;

/** What the patient says of an answer; from the server: what is stored of it. */
export interface FeedbackFrame {
  type: "feedback";
  entry: string;
  helpful: boolean;
}

export interface PartialFrame {
  type: "partial";
  turn: string;
  seq: number;
  sentence: Sentence;
  citations: Citation[];
}

export interface StateFrame {
  type: "state";
  owner: Owner;
  nurse: string | null;
  position: number | null;
  /** Most who waited of late were answered within so many minutes; null where nothing can be said. */
  usual_minutes: number | null;
  acuity: Acuity | null;
  lang?: Lang;
  /** The emergency numbers: without a region set they follow the language. */
  contacts?: Contact[];
}

export interface ErrorFrame {
  type: "error";
  id?: string | null;
  code: string;
  message: string;
  /** Where the server can keep nothing, and so sends no welcome. */
  contacts?: Contact[];
}

export interface UnsavedAdvice {
  type: "unsaved_advice";
  id: string;
  text: string;
  advice: Advice;
}

export type ToPatientFrame =
  | { type: "welcome"; owner: Owner; lang: Lang; nurse: string | null; contacts: Contact[]; limit: number }
  | { type: "ack"; id: string; entry: string; duplicate: boolean }
  | { type: "entry"; entry: Entry }
  | { type: "working"; turn: string }
  | PartialFrame
  | FeedbackFrame
  | StateFrame
  | UnsavedAdvice
  | ErrorFrame;

/** Words for the desk, in one language or in both. */
export type Title = string | Record<Lang, string>;

export interface QueueItem {
  conversation: string;
  acuity: Acuity | null;
  /** ISO 8601, or milliseconds since 1970. */
  since: string | number;
  owner: Owner;
  nurse: string | null;
  mine: boolean;
  lang: string;
  channel: string;
  reason: string | null;
  rules: { id: string; title: Title }[];
  last: string;
  /** How many alerts of its waiting clock were given: 0 to 3. */
  stage: number;
  /** Milliseconds since 1970. */
  snoozed_until: number | null;
  team: { id: string; name: Title } | null;
  wanted: string | null;
  for_me: boolean;
  /** Minutes; 0 where it cannot be snoozed. */
  longest_snooze: number;
}

export interface NotePart {
  part: "S" | "B" | "A" | "R";
  lines: string[];
}

export type Note = Record<Lang, NotePart[]>;

export type AlertReason =
  | "new"
  | "first_alert"
  | "second_alert"
  | "on_call"
  | "nobody_there"
  | "nurse_lost"
  | "unanswered"
  | "transfer";

/** Whom a conversation can be transferred to. */
export interface Staff {
  nurses: { name: string; display_name: string }[];
  teams: { id: string; name: Title; open: boolean }[];
  summaries: boolean;
}

/** What a nurse says an answer should have been. */
export interface Correction {
  outcome: Outcome;
  text: string;
  topic: string | null;
}

/** What is said of the answers of a conversation, by entry. */
export interface SaidOfAnswers {
  feedback: Record<string, boolean>;
  /** `at`: milliseconds since 1970; `by`: the nurse's display name. */
  corrections: Record<string, Correction & { at: number; by: string }>;
}

export type DeskFrame =
  | { type: "open" | "claim" | "hand_back" | "close"; conversation: string }
  | { type: "say"; conversation: string; id: string; text: string }
  | { type: "transfer"; conversation: string; nurse: string }
  | { type: "transfer"; conversation: string; team: string }
  | { type: "snooze"; conversation: string; minutes: number }
  | ({ type: "correct"; conversation: string; entry: string } & Correction)
  | { type: "summarise"; conversation: string; lang: Lang };

export type ToDeskFrame =
  | { type: "queue"; items: QueueItem[] }
  | ({
      type: "conversation";
      conversation: string;
      item: QueueItem;
      entries: Entry[];
      note: Note;
    } & SaidOfAnswers)
  | { type: "entry"; conversation: string; entry: Entry }
  | ({ type: "state"; conversation: string; item: QueueItem; note?: Note } & SaidOfAnswers)
  | ({ type: "staff" } & Staff)
  | { type: "summary"; conversation: string; lang: Lang; sentences: string[] }
  | { type: "gone"; conversation: string }
  | { type: "alert"; conversation: string; acuity: Acuity; why: AlertReason }
  | { type: "ack"; id: string; entry: string }
  | ErrorFrame;
