/**
 * What the patient's device keeps: the key to the conversation, the language, and words not yet stored by the server.
 * What the server holds is read from the server again and never kept here. Browsers may refuse storage to a
 * frame of another site; then all this lasts as long as the page.
 */

import type { ButtonRef, Contact, Lang } from "../shared/protocol";

const PREFIX = "careline.";

export interface Credentials {
  conversation: string;
  token: string;
}

export interface Outgoing {
  id: string;
  at: number;
  type: "say" | "want_human";
  text: string;
  button?: ButtonRef;
}

const memory = new Map<string, string>();

/** Whether this browser keeps anything for us at all. */
export const persistent = ((): boolean => {
  try {
    localStorage.setItem(`${PREFIX}probe`, "1");
    localStorage.removeItem(`${PREFIX}probe`);
    return true;
  } catch {
    return false;
  }
})();

function read(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

function write(key: string, value: string): void {
  memory.set(key, value);
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // Storage is full or refused: the copy in memory serves until the page is closed.
  }
}

function remove(key: string): void {
  memory.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing was kept then.
  }
}

function keys(start: string): string[] {
  const found = new Set([...memory.keys()].filter((key) => key.startsWith(start)));
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX + start)) found.add(key.slice(PREFIX.length));
    }
  } catch {
    // Only what is in memory, then.
  }
  return [...found];
}

function parsed<T>(text: string | null): T | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

export const credentials = {
  load: () => parsed<Credentials>(read("conversation")),
  save: (value: Credentials) => write("conversation", JSON.stringify(value)),
  forget: () => remove("conversation"),
};

export const language = {
  load: () => read("lang") as Lang | null,
  save: (value: Lang) => write("lang", value),
};

/** Emergency numbers as last told by the server, for the next time it cannot be reached. */
export const contacts = {
  load: () => parsed<Contact[]>(read("contacts")) ?? [],
  save: (value: Contact[]) => write("contacts", JSON.stringify(value)),
};

/** One key per message, so that two open pages never overwrite each other's unsent words. */
export const outbox = {
  load: (): Outgoing[] =>
    keys("outbox.")
      .map((key) => parsed<Outgoing>(read(key)))
      .filter((item): item is Outgoing => item !== null)
      .sort((a, b) => a.at - b.at),
  save: (item: Outgoing) => write(`outbox.${item.id}`, JSON.stringify(item)),
  remove: (id: string) => remove(`outbox.${id}`),
};

export function forgetEverything(): void {
  for (const key of keys("")) if (key !== "lang") remove(key);
}
