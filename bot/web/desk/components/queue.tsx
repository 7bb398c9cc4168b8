import { useRef } from "preact/hooks";
import { Icon } from "../../shared/icons";
import type { QueueItem } from "../../shared/protocol";
import * as desk from "../desk";
import { lang, texts, titled } from "../preferences";
import { waitedFor } from "../waiting";
import { AcuityBadge } from "./acuity";

const FILTERS: desk.Filter[] = ["all", "waiting", "mine"];
const STEPS: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

export function Queue() {
  const t = texts.value;
  return (
    <section class="queue" aria-label={t.queue}>
      <div class="queue-head">
        <h2>{t.queue}</h2>
        <div class="filters" role="group" aria-label={t.queue}>
          {FILTERS.map((name) => (
            <button
              type="button"
              key={name}
              aria-pressed={desk.filter.value === name}
              onClick={() => {
                desk.filter.value = name;
              }}
            >
              {t.filters[name]}
            </button>
          ))}
        </div>
      </div>
      {desk.shown.value.length > 0 ? <Rows /> : <Empty />}
      <p class="queue-keys">
        <Icon name="keyboard" />
        {t.keys}
      </p>
    </section>
  );
}

function Rows() {
  const list = useRef<HTMLUListElement>(null);

  function onKeyDown(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>(".row") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    event.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
  }

  return (
    <ul class="rows" ref={list} onKeyDown={onKeyDown}>
      {desk.shown.value.map((item) => (
        <li key={item.conversation}>
          <Row item={item} />
        </li>
      ))}
    </ul>
  );
}

function Row({ item }: { item: QueueItem }) {
  const t = texts.value;
  const current = desk.openId.value === item.conversation;
  return (
    <button
      type="button"
      class={`row ${item.acuity ?? ""} ${snoozed(item) ? "snoozed" : ""}`}
      data-conversation={item.conversation}
      aria-current={current}
      onClick={() => desk.open(item.conversation)}
    >
      <span class="row-top">
        <AcuityBadge acuity={item.acuity} />
        <OwnerLabel item={item} />
        <span class="row-time">
          <Icon name="clock" />
          <span class="visually-hidden">{t.waited("")}</span>
          {waitedFor(item.since, desk.now.value, t)}
        </span>
      </span>
      <Marks item={item} />
      <span class="row-last" lang={item.lang}>
        {item.last || "…"}
      </span>
      {item.rules.length > 0 && (
        <span class="row-rules">
          {item.rules.map((rule) => (
            <span class="rule" key={rule.id}>
              {titled(rule.title)}
            </span>
          ))}
        </span>
      )}
      <span class="row-meta">
        <span>{reasonText(item)}</span>
        <span>{t.languages[item.lang] ?? item.lang}</span>
        <span>{item.channel}</span>
      </span>
    </button>
  );
}

/** What sets this case apart: it waits too long, was put off, or was passed to someone. */
function Marks({ item }: { item: QueueItem }) {
  const t = texts.value;
  const overdue = (item.owner === "queue" || item.owner === "nurse") && item.stage > 0;
  if (!overdue && !snoozed(item) && !item.wanted && !item.team) return null;
  return (
    <span class="marks">
      {overdue && (
        <span class="mark overdue">
          <Icon name="alert" />
          {item.owner === "nurse" ? t.unanswered : t.stages[item.stage - 1]}
        </span>
      )}
      {snoozed(item) && (
        <span class="mark">
          <Icon name="snooze" />
          {t.snoozedUntil(clock(item.snoozed_until!))}
        </span>
      )}
      <ReceiverLabel item={item} />
    </span>
  );
}

export function ReceiverLabel({ item }: { item: QueueItem }) {
  const t = texts.value;
  if (item.owner !== "queue" || !(item.wanted || item.team)) return null;
  const to = item.for_me ? t.forYou : t.forSomeone(item.wanted ?? titled(item.team!.name));
  return (
    <span class={`mark ${item.for_me ? "for-me" : ""}`}>
      <Icon name={item.wanted ? "nurse" : "team"} />
      {to}
    </span>
  );
}

function snoozed(item: QueueItem): boolean {
  return item.owner === "queue" && (item.snoozed_until ?? 0) > desk.now.value;
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString(lang.value === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
}

export function OwnerLabel({ item }: { item: QueueItem }) {
  return <span class={`owner ${item.mine ? "mine" : ""}`}>{ownerText(item)}</span>;
}

export function reasonText({ reason }: QueueItem): string {
  return reason ? (texts.value.reasons[reason] ?? reason.replaceAll("_", " ")) : "";
}

function ownerText(item: QueueItem): string {
  const t = texts.value;
  if (item.mine) return t.withYou;
  if (item.owner === "nurse") return t.withNurse(item.nurse ?? "…");
  if (item.owner === "bot") return t.withAssistant;
  return item.owner === "closed" ? t.ended : t.unclaimed;
}

function Empty() {
  const t = texts.value;
  return (
    <div class="empty">
      <Icon name="leaf" />
      <strong>{t.emptyTitle[desk.filter.value]}</strong>
      <p>{t.emptyText[desk.filter.value]}</p>
    </div>
  );
}
