import type { Contact, Lang } from "../../shared/protocol";
import { en, type Texts } from "./en";
import { zh } from "./zh";

export type { Texts };

export const TEXTS: Record<Lang, Texts> = { en, zh };

/** The first language asked for that we speak; English else. */
export function chosenLanguage(...wishes: (string | null | undefined)[]): Lang {
  for (const wish of wishes) {
    const start = wish?.toLowerCase().slice(0, 2);
    if (start === "zh" || start === "en") return start;
  }
  return "en";
}

export function numbersText(texts: Texts, contacts: Contact[]): string {
  return contacts[0]?.number ?? texts.anyEmergencyNumber;
}

/** What a call button says: the service's name with its number in it, whichever way the server names it. */
export function callLabel(texts: Texts, { label, number }: Contact): string {
  if (!label || label === number) return texts.call(number);
  return label.replace(/\s/g, "").includes(number) ? label : `${label} ${number}`;
}

export function dialable(number: string): string {
  return `tel:${number.replace(/[^\d+*#]/g, "")}`;
}
