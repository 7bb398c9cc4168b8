/** Language and sound, kept in this browser. */

import { computed, effect, signal } from "@preact/signals";
import type { Lang, Title } from "../shared/protocol";
import { en } from "./i18n/en";
import { zh } from "./i18n/zh";

function stored(key: string): string | null {
  try {
    return localStorage.getItem(`careline-desk.${key}`);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(`careline-desk.${key}`, value);
  } catch {
    // Then it holds until the page is closed.
  }
}

const wished = stored("lang") ?? navigator.language;

export const lang = signal<Lang>(wished.toLowerCase().startsWith("zh") ? "zh" : "en");
export const texts = computed(() => (lang.value === "zh" ? zh : en));
export const sound = signal(stored("sound") === "on");

/** A title in the nurse's language. */
export function titled(title: Title): string {
  return typeof title === "string" ? title : title[lang.value];
}

effect(() => store("lang", lang.value));
effect(() => store("sound", sound.value ? "on" : "off"));
effect(() => {
  document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
});
