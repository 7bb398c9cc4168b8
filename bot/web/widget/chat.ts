/** The patient's side of the conversation: what is known of it, and what the patient can do. */

import { computed, signal } from "@preact/signals";
import { newId } from "../shared/ids";
import type {
  Acuity,
  ButtonRef,
  Contact,
  Entry,
  ErrorFrame,
  Lang,
  Owner,
  PatientFrame,
  StateFrame,
  ToPatientFrame,
} from "../shared/protocol";
import { LiveSocket } from "../shared/socket";
import { tellHost } from "./host";
import { chosenLanguage, TEXTS } from "./i18n";
import * as storage from "./storage";
import type { Outgoing } from "./storage";
import * as timelines from "./timeline";

const ACK_LIMIT_MS = 8_000;
const CREATE_LIMIT_MS = 1_500;
const NO_CONVERSATION: storage.Credentials = { conversation: "", token: "" };
const RETRY_MS = { not_stored: 2_500, too_fast: 1_500 } as const;
/** A history that arrives in one go is not read out or counted as unread; this long a pause ends it. */
const REPLAY_PAUSE_MS = 400;
const TOAST_MS = 6_000;

interface OwnerState {
  owner: Owner;
  nurse: string | null;
  position: number | null;
  usualMinutes: number | null;
  /** undefined until the server has said, null when it sees none. */
  acuity: Acuity | null | undefined;
}

const AT_FIRST: OwnerState = { owner: "bot", nurse: null, position: null, usualMinutes: null, acuity: undefined };

const params = new URLSearchParams(location.search);
export const siteName = (params.get("name") ?? "").slice(0, 60);

export const lang = signal<Lang>(
  chosenLanguage(storage.language.load(), params.get("lang"), navigator.language),
);
export const texts = computed(() => TEXTS[lang.value]);
export const timeline = signal(timelines.EMPTY);
export const unsent = signal<readonly Outgoing[]>(storage.outbox.load());
export const failed = signal<ReadonlyMap<string, string>>(new Map());
export const state = signal(AT_FIRST);
export const contacts = signal<Contact[]>(storage.contacts.load());
export const limit = signal(4000);
export const connected = signal(false);
export const settled = signal(false);
export const renewed = signal(false);
export const forgotten = signal(false);
export const toast = signal<string | null>(null);
/** Text that the site around asks to put into the writing field. */
export const draft = signal("");

export const askingForNurse = computed(() => unsent.value.some((item) => item.type === "want_human"));
export const inEmergency = computed(
  () =>
    state.value.acuity === "emergency" ||
    (state.value.acuity === undefined && timeline.value.entries.some((entry) => entry.advice?.acuity === "emergency")) ||
    timeline.value.unsaved.some((advice) => advice.advice.acuity === "emergency"),
);

/** Not before anything was said, and never in an emergency: that stays with the nurses. */
export const mayEnd = computed(
  () => state.value.owner !== "closed" && !inEmergency.value && timeline.value.entries.length > 0,
);

const socket = new LiveSocket<PatientFrame, ToPatientFrame>("/api/patient/socket", {
  prepare: ensureConversation,
  opened: hello,
  frame: receive,
  lost: () => {
    connected.value = storeAway = false;
  },
});

/** The server answers but cannot keep anything: it still reads what is said, for an emergency. */
let storeAway = false;
let wantedLang: Lang | null = null;
let hostOpen = false;
let unread = 0;
let replayTimer: number | undefined;
let toastTimer: number | undefined;
const ackTimers = new Map<string, number>();

/* ---- connection ---------------------------------------------------------------------------------------------- */

export function start(): void {
  forgotten.value = false;
  socket.start();
}

export function hasConversation(): boolean {
  return storage.credentials.load() !== null || unsent.value.length > 0;
}

/** No conversation can be kept at present (503, or no answer in time): the patient is served without one, see `hello`. */
async function ensureConversation(): Promise<void> {
  if (storage.credentials.load()) return;
  const response = await fetch("/api/conversations", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ lang: lang.value }),
    signal: AbortSignal.timeout(CREATE_LIMIT_MS),
  }).catch(unlessTooLate);
  if (!response || response.status === 503) return;
  if (!response.ok) throw new Error(`conversations: ${response.status}`);
  storage.credentials.save((await response.json()) as storage.Credentials);
}

function unlessTooLate(error: unknown): null {
  if (error instanceof DOMException && error.name === "TimeoutError") return null;
  throw error;
}

/** Without a conversation the server still reads what is said, for an emergency, and closes when it can keep one. */
function hello(): void {
  const key = storage.credentials.load() ?? NO_CONVERSATION;
  socket.send({ type: "hello", conversation: key.conversation, token: key.token, since: timeline.value.cursor });
}

function renew(): void {
  renewed.value ||= storage.credentials.load() !== null;
  storage.credentials.forget();
  timeline.value = timelines.EMPTY;
  socket.drop();
}

function welcome(frame: Extract<ToPatientFrame, { type: "welcome" }>): void {
  socket.healthy();
  connected.value = true;
  state.value = { ...state.value, owner: frame.owner, nurse: frame.nurse };
  keepContacts(frame.contacts);
  limit.value = frame.limit;
  tellHost({ careline: "active", active: true });
  agreeOnLanguage(frame.lang);
  expectReplayEnd();
  for (const item of unsent.value) transmit(item);
  for (const choice of timelines.choices(timeline.value)) socket.send(choice);
}

function keepContacts(numbers: Contact[]): void {
  contacts.value = numbers;
  storage.contacts.save(numbers);
}

function expectReplayEnd(): void {
  if (settled.value) return;
  window.clearTimeout(replayTimer);
  replayTimer = window.setTimeout(() => {
    settled.value = true;
  }, REPLAY_PAUSE_MS);
}

/* ---- language ------------------------------------------------------------------------------------------------ */

export function setLanguage(next: Lang): void {
  lang.value = next;
  storage.language.save(next);
  wantedLang = next;
  if (connected.value) sendLanguage(next);
}

function agreeOnLanguage(servers: Lang): void {
  if (wantedLang && wantedLang !== servers) return sendLanguage(wantedLang);
  wantedLang = null;
  lang.value = servers;
}

function sendLanguage(next: Lang): void {
  wantedLang = null;
  socket.send({ type: "lang", lang: next });
}

/* ---- what arrives -------------------------------------------------------------------------------------------- */

function receive(frame: ToPatientFrame): void {
  switch (frame.type) {
    case "welcome":
      return welcome(frame);
    case "entry":
      return receiveEntry(frame.entry);
    case "ack":
      return receiveAck(frame.id, frame.entry);
    case "working":
      timeline.value = timelines.withWorking(timeline.value, frame.turn);
      return;
    case "partial":
      timeline.value = timelines.withPartial(timeline.value, frame);
      return;
    case "feedback":
      timeline.value = timelines.withFeedback(timeline.value, frame);
      return;
    case "state":
      return receiveState(frame);
    case "unsaved_advice":
      timeline.value = timelines.withUnsaved(timeline.value, frame);
      return retryLater(frame.id, "not_stored");
    case "error":
      return receiveError(frame);
  }
}

function receiveEntry(entry: Entry): void {
  timeline.value = timelines.withEntry(timeline.value, entry);
  if (entry.client_id) settle(entry.client_id);
  if (!settled.value) return expectReplayEnd();
  if (!hostOpen && (entry.from === "bot" || entry.from === "nurse")) tellHost({ careline: "unread", count: ++unread });
}

function receiveAck(id: string, entryId: string): void {
  const item = unsent.value.find((other) => other.id === id);
  if (item?.type === "say") timeline.value = timelines.withStored(timeline.value, storedEntry(item, entryId));
  settle(id);
}

function storedEntry(item: Outgoing, id: string): Entry {
  return {
    id,
    at: new Date(item.at).toISOString(),
    from: "patient",
    kind: "text",
    text: item.text,
    lang: lang.value,
    turn: null,
    epoch: 0,
    client_id: item.id,
  };
}

function receiveState(frame: StateFrame): void {
  const { owner, nurse, position, acuity } = frame;
  state.value = { owner, nurse, position, acuity, usualMinutes: frame.usual_minutes };
  if (frame.lang && !wantedLang) lang.value = frame.lang;
  if (frame.contacts) keepContacts(frame.contacts);
  if (frame.owner === "bot" || frame.owner === "closed") return;
  timeline.value = timelines.withoutDraft(timeline.value);
  for (const item of unsent.value) if (item.type === "want_human") settle(item.id);
}

function receiveError(frame: ErrorFrame): void {
  if (frame.code === "unauthorised") return renew();
  if (frame.id == null && frame.code === "not_stored") return readOnly(frame.contacts);
  if (frame.id == null) {
    timeline.value = timelines.withoutChoices(timeline.value);
    return showToast(frame.code);
  }
  if (frame.code === "not_stored" || frame.code === "too_fast") return retryLater(frame.id, frame.code);
  const item = unsent.value.find((other) => other.id === frame.id);
  window.clearTimeout(ackTimers.get(frame.id));
  if (item?.type === "say") {
    failed.value = new Map(failed.value).set(frame.id, frame.code);
    return;
  }
  if (item) settle(item.id);
  showToast(frame.code);
}

function readOnly(numbers: Contact[] | undefined): void {
  if (numbers) keepContacts(numbers);
  storeAway = true;
  connected.value = false;
  for (const item of unsent.value) transmit(item);
}

function showToast(code: string): void {
  toast.value = texts.value.errors[code] ?? texts.value.errors["other"]!;
  window.clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => {
    toast.value = null;
  }, TOAST_MS);
}

/* ---- what the patient sends ---------------------------------------------------------------------------------- */

export function say(text: string, button?: ButtonRef): void {
  post({ id: newId(), at: Date.now(), type: "say", text, ...(button && { button }) });
}

export function wantNurse(): void {
  if (!askingForNurse.value) post({ id: newId(), at: Date.now(), type: "want_human", text: "" });
}

/** Kept on the page until the server has it; it goes out again with the next connection. */
export function judge(entry: string, helpful: boolean): void {
  if (timeline.value.feedback.get(entry)?.helpful === helpful) return;
  timeline.value = timelines.withChoice(timeline.value, entry, helpful);
  if (connected.value) socket.send({ type: "feedback", entry, helpful });
}

export function leaveQueue(): void {
  if (!socket.send({ type: "leave_queue", id: newId() })) showToast("not_allowed");
}

/** The patient ends it: the nurses stop waiting for them, and the assistant answers no more. */
export function endConversation(): void {
  if (!socket.send({ type: "close", id: newId() })) showToast("not_allowed");
}

export function retry(id: string): void {
  failed.value = without(failed.value, id);
  const item = unsent.value.find((other) => other.id === id);
  if (item) transmit(item);
}

/** Takes a message that was refused back into the writing field. */
export function takeBack(id: string): void {
  const item = unsent.value.find((other) => other.id === id);
  failed.value = without(failed.value, id);
  settle(id);
  if (item) draft.value = item.text;
}

function post(item: Outgoing): void {
  storage.outbox.save(item);
  unsent.value = [...unsent.value, item];
  transmit(item);
}

function transmit(item: Outgoing): void {
  if (!(connected.value || storeAway) || failed.value.has(item.id)) return;
  const { id, text, button } = item;
  const frame: PatientFrame =
    item.type === "want_human" ? { type: "want_human", id } : { type: "say", id, text, ...(button && { button }) };
  if (!socket.send(frame) || item.type !== "say") return;
  window.clearTimeout(ackTimers.get(id));
  ackTimers.set(id, window.setTimeout(() => unacknowledged(id), ACK_LIMIT_MS));
}

/** No answer at all: the connection may be dead without having been closed. */
function unacknowledged(id: string): void {
  if (unsent.value.some((item) => item.id === id)) socket.drop();
}

function retryLater(id: string, code: keyof typeof RETRY_MS): void {
  window.clearTimeout(ackTimers.get(id));
  if (code === "not_stored") showToast(code);
  ackTimers.set(id, window.setTimeout(() => retry(id), RETRY_MS[code]));
}

function settle(id: string): void {
  window.clearTimeout(ackTimers.get(id));
  ackTimers.delete(id);
  storage.outbox.remove(id);
  if (unsent.value.some((item) => item.id === id)) unsent.value = unsent.value.filter((item) => item.id !== id);
}

function without(map: ReadonlyMap<string, string>, key: string): ReadonlyMap<string, string> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/* ---- begin anew, forget -------------------------------------------------------------------------------------- */

/** A fresh conversation; words that were never sent go with the patient into it. */
export function newConversation(): void {
  leaveThis();
  start();
}

export function forget(): void {
  for (const item of unsent.value) settle(item.id);
  leaveThis();
  storage.forgetEverything();
  contacts.value = [];
  forgotten.value = true;
  tellHost({ careline: "active", active: false });
}

function leaveThis(): void {
  // no nurse is to call on a patient who has gone; the server keeps an emergency all the same
  if (state.value.owner === "queue") socket.send({ type: "close", id: newId() });
  socket.stop();
  storage.credentials.forget();
  timeline.value = timelines.EMPTY;
  state.value = AT_FIRST;
  failed.value = new Map();
  renewed.value = false;
  settled.value = false;
}

/* ---- the site around ----------------------------------------------------------------------------------------- */

export function hostOpened(open: boolean): void {
  hostOpen = open;
  if (!open) return;
  unread = 0;
  if (!forgotten.value) start();
}

/** Another tab of the same browser began a new conversation or forgot this one: follow it. */
window.addEventListener("storage", (event) => {
  if (event.key === "careline.conversation" && event.newValue !== event.oldValue) location.reload();
});
