/** What the desk knows of the queue and of the opened conversation, and what a nurse can do. */

import { computed, effect, signal } from "@preact/signals";
import { compareIds, newId } from "../shared/ids";
import type {
  Acuity,
  AlertReason,
  Correction,
  DeskFrame,
  Entry,
  ErrorFrame,
  Lang,
  Note,
  QueueItem,
  SaidOfAnswers,
  Staff,
  ToDeskFrame,
} from "../shared/protocol";
import { LiveSocket } from "../shared/socket";
import { notify } from "./notification";
import { lang, sound, texts } from "./preferences";
import * as session from "./session";
import { chime } from "./sound";

const ERROR_SHOWN_MS = 6_000;

export type Filter = "all" | "waiting" | "mine";

export interface Opened extends SaidOfAnswers {
  conversation: string;
  item: QueueItem;
  entries: readonly Entry[];
  note: Note;
}

export interface Unsent {
  id: string;
  conversation: string;
  text: string;
  failed?: string;
}

export interface Alert {
  conversation: string;
  acuity: Acuity;
  why: AlertReason;
}

export interface Summary {
  conversation: string;
  lang: Lang;
  sentences: string[];
}

export const connected = signal(false);
export const everConnected = signal(false);
export const items = signal<readonly QueueItem[]>([]);
export const filter = signal<Filter>("all");
export const openId = signal<string | null>(null);
export const opened = signal<Opened | null>(null);
export const unsent = signal<readonly Unsent[]>([]);
export const alerts = signal<readonly Alert[]>([]);
export const staff = signal<Staff>({ nurses: [], teams: [], summaries: false });
export const summary = signal<Summary | null>(null);
export const problem = signal<string | null>(null);
export const now = signal(Date.now());

export const shown = computed(() =>
  items.value.filter(
    (item) => filter.value === "all" || (filter.value === "mine" ? item.mine : item.owner === "queue"),
  ),
);
export const waiting = computed(() => items.value.filter((item) => item.owner === "queue").length);

let problemTimer: number | undefined;

const socket = new LiveSocket<DeskFrame, ToDeskFrame>("/desk/api/socket", {
  async prepare() {
    await session.refresh();
    if (!session.nurse.value) throw new Error("signed out");
  },
  opened() {
    connected.value = everConnected.value = true;
    socket.healthy();
    if (openId.value) socket.send({ type: "open", conversation: openId.value });
    for (const message of unsent.value) transmit(message);
  },
  frame: receive,
  lost() {
    connected.value = false;
  },
});

effect(() => {
  if (session.nurse.value) socket.start();
  else leave();
});

effect(() => {
  document.title = (alerts.value.length ? `(${alerts.value.length}) ` : "") + texts.value.title;
});

window.setInterval(() => {
  now.value = Date.now();
}, 1000);

/** A note to somebody outside the desk links to /desk#<conversation>. */
effect(() => {
  const wanted = location.hash.slice(1);
  if (!everConnected.value || !wanted) return;
  history.replaceState(null, "", location.pathname);
  open(wanted);
});

effect(() => {
  const conversation = opened.value?.conversation;
  if (!conversation || !staff.value.summaries) return;
  socket.send({ type: "summarise", conversation, lang: lang.value });
});

window.addEventListener("beforeunload", (event) => {
  if (unsent.value.length > 0) event.preventDefault();
});

/** Nothing of a patient stays on the screen of someone who is not signed in. */
function leave(): void {
  socket.stop();
  items.value = [];
  alerts.value = [];
  summary.value = null;
  openId.value = opened.value = null;
  everConnected.value = false;
}

/* ---- what arrives -------------------------------------------------------------------------------------------- */

function receive(frame: ToDeskFrame): void {
  switch (frame.type) {
    case "queue":
      return receiveQueue(frame.items);
    case "staff":
      staff.value = { nurses: frame.nurses, teams: frame.teams, summaries: frame.summaries };
      return;
    case "summary":
      summary.value = { conversation: frame.conversation, lang: frame.lang, sentences: frame.sentences };
      return;
    case "conversation":
      if (frame.conversation === openId.value) receiveConversation(frame);
      return;
    case "entry":
      return receiveEntry(frame.conversation, frame.entry);
    case "state":
      return receiveState(frame);
    case "gone":
      if (frame.conversation === openId.value) open(null);
      return;
    case "alert":
      return receiveAlert(frame);
    case "ack":
      return receiveAck(frame.id);
    case "error":
      return receiveError(frame);
  }
}

function receiveConversation(frame: Opened): void {
  opened.value = { ...frame, entries: merged(opened.value, frame) };
  for (const entry of frame.entries) settle(entry);
}

/** A live entry can overtake the answer to `open`; it must not vanish. */
function merged(before: Opened | null, frame: Opened): readonly Entry[] {
  const known = new Set(frame.entries.map((entry) => entry.id));
  const live = before?.conversation === frame.conversation ? before.entries.filter((entry) => !known.has(entry.id)) : [];
  return [...frame.entries, ...live].sort((a, b) => compareIds(a.id, b.id));
}

function receiveEntry(conversation: string, entry: Entry): void {
  settle(entry);
  if (opened.value?.conversation !== conversation) return;
  const others = opened.value.entries.filter((other) => other.id !== entry.id);
  opened.value = { ...opened.value, entries: [...others, entry].sort((a, b) => compareIds(a.id, b.id)) };
}

function receiveState(frame: Extract<ToDeskFrame, { type: "state" }>): void {
  const before = opened.value;
  if (before?.conversation !== frame.conversation) return;
  opened.value = {
    ...before,
    item: frame.item,
    note: frame.note ?? before.note,
    feedback: frame.feedback,
    corrections: frame.corrections,
  };
}

/** What somebody has taken meanwhile needs no alert any more. */
function receiveQueue(next: QueueItem[]): void {
  items.value = next;
  const needy = next.filter((item) => item.owner === "queue" || item.mine || item.stage > 0);
  const open = new Set(needy.map((item) => item.conversation));
  if (alerts.value.some((alert) => !open.has(alert.conversation))) {
    alerts.value = alerts.value.filter((alert) => open.has(alert.conversation));
  }
}

function receiveAlert(alert: Alert): void {
  const item = items.value.find((other) => other.conversation === alert.conversation);
  if (alert.why === "transfer" && item?.wanted && !item.for_me) return;
  if (sound.value) chime(alert.acuity === "emergency");
  notify(alert, () => open(alert.conversation));
  if (openId.value === alert.conversation) return;
  alerts.value = [...alerts.value.filter((other) => other.conversation !== alert.conversation), alert];
}

/** Of the opened conversation the entry itself follows, and replaces the waiting line without a gap. */
function receiveAck(id: string): void {
  unsent.value = unsent.value.filter((message) => message.id !== id || message.conversation === openId.value);
}

function receiveError(frame: ErrorFrame): void {
  const message = unsent.value.find((other) => other.id === frame.id);
  if (message) {
    unsent.value = unsent.value.map((other) => (other === message ? { ...other, failed: frame.message } : other));
    return;
  }
  problem.value = frame.message || texts.value.failed;
  window.clearTimeout(problemTimer);
  problemTimer = window.setTimeout(() => {
    problem.value = null;
  }, ERROR_SHOWN_MS);
}

/** The nurse's own words have come back as an entry: they are on disk and no longer ours to send. */
function settle(entry: Entry): void {
  if (entry.client_id && unsent.value.some((message) => message.id === entry.client_id)) {
    unsent.value = unsent.value.filter((message) => message.id !== entry.client_id);
  }
}

/* ---- what the nurse does ------------------------------------------------------------------------------------- */

export function open(conversation: string | null): void {
  if (conversation !== openId.value) opened.value = summary.value = null;
  openId.value = conversation;
  dismiss(conversation);
  if (conversation) socket.send({ type: "open", conversation });
}

export function act(type: "claim" | "hand_back" | "close"): void {
  const conversation = openId.value;
  if (conversation && !socket.send({ type, conversation })) problem.value = texts.value.offline;
}

export function transfer(to: { nurse: string } | { team: string }): void {
  const conversation = openId.value;
  if (conversation && !socket.send({ type: "transfer", conversation, ...to })) problem.value = texts.value.offline;
}

export function snooze(minutes: number): void {
  const conversation = openId.value;
  if (conversation && !socket.send({ type: "snooze", conversation, minutes })) problem.value = texts.value.offline;
}

/** False when it could not be sent: what was written stays where it is. */
export function correct(entry: string, correction: Correction): boolean {
  const conversation = openId.value;
  const sent = conversation !== null && socket.send({ type: "correct", conversation, entry, ...correction });
  if (!sent) problem.value = texts.value.offline;
  return sent;
}

export function say(text: string): void {
  if (!openId.value) return;
  const message = { id: newId(), conversation: openId.value, text };
  unsent.value = [...unsent.value, message];
  transmit(message);
}

export function retry(id: string): void {
  unsent.value = unsent.value.map(({ failed: _, ...message }) => message);
  const message = unsent.value.find((other) => other.id === id);
  if (message) transmit(message);
}

function transmit({ id, conversation, text, failed }: Unsent): void {
  if (!failed) socket.send({ type: "say", conversation, id, text });
}

export function dismiss(conversation: string | null): void {
  alerts.value = alerts.value.filter((alert) => alert.conversation !== conversation);
}
