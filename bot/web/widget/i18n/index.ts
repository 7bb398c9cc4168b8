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

export function dialable(number: string): string {
  return `tel:${number.replace(/[^\d+*#]/g, "")}`;
}
