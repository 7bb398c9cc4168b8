import type { Texts } from "./i18n/en";

/** How long ago `since` was, in words of the nurse's language. */
export function waitedFor(since: string | number, now: number, t: Texts): string {
  const seconds = Math.max(0, Math.floor((now - new Date(since).getTime()) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return t.days(Math.floor(hours / 24), hours % 24);
  return hours ? t.hours(hours, minutes % 60) : t.minutes(minutes, seconds % 60);
}
