import type { QueueItem } from "../../shared/protocol";
import * as desk from "../desk";
import { texts } from "../preferences";

const MINUTES = [5, 10, 30, 60];

/** Puts the alerts of a waiting case off; an emergency has no such buttons. */
export function Snooze({ item }: { item: QueueItem }) {
  const t = texts.value;
  const choices = MINUTES.filter((minutes) => minutes <= item.longest_snooze);
  if (choices.length === 0) return null;
  return (
    <div class="snooze" role="group" aria-label={t.snooze}>
      <span>{t.snooze}</span>
      {choices.map((minutes) => (
        <button type="button" class="button outline small" key={minutes} onClick={() => desk.snooze(minutes)}>
          {t.minutesShort(minutes)}
        </button>
      ))}
    </div>
  );
}
