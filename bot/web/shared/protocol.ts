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
  | { type: "lang"; lang: Lang };

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
}

/** What the screen found; `label` is shown when the server names the finding in the nurse's words. */
export interface Finding {
  id: string;
  status: "present" | "absent" | "unknown";
  quote?: string | null;
  label?: Title;
}

export type DeskFrame =
  | { type: "open" | "claim" | "hand_back" | "close"; conversation: string }
  | { type: "say"; conversation: string; id: string; text: string };

export type ToDeskFrame =
  | { type: "queue"; items: QueueItem[] }
  | {
      type: "conversation";
      conversation: string;
      item: QueueItem;
      entries: Entry[];
      findings: Finding[];
      note: string;
    }
  | { type: "entry"; conversation: string; entry: Entry }
  | { type: "state"; conversation: string; item: QueueItem; findings?: Finding[]; note?: string }
  | { type: "alert"; conversation: string; acuity: Acuity }
  | { type: "ack"; id: string; entry: string }
  | ErrorFrame;
