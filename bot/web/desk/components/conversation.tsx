import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icons";
import type { QueueItem } from "../../shared/protocol";
import * as desk from "../desk";
import { texts } from "../preferences";
import { waitedFor } from "../waiting";
import { AcuityBadge } from "./acuity";
import { CloseButton } from "./close";
import { Composer } from "./composer";
import { DeskEntry, UnsentLine } from "./entries";
import { NotePanel } from "./note";
import { OwnerLabel, reasonText, ReceiverLabel } from "./queue";
import { Snooze } from "./snooze";
import { TransferButton } from "./transfer";

/** Back to the row that was opened, so that the keyboard goes on where it left. */
function backToQueue(): void {
  const id = desk.openId.value;
  desk.open(null);
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id ?? "")}"]`);
    (row ?? document.querySelector<HTMLElement>(".row"))?.focus();
  });
}

export function Conversation() {
  const t = texts.value;
  const opened = desk.opened.value;
  const root = useRef<HTMLElement>(null);

  useEffect(() => {
    if (opened) root.current?.querySelector<HTMLElement>(".composer textarea, .claim")?.focus();
  }, [opened?.conversation, opened?.item.mine]);

  if (!opened) return <main class="conversation nothing">{desk.openId.value ? <p>{t.loading}</p> : <Choose />}</main>;
  return (
    <main
      class="conversation"
      aria-label={t.conversation}
      ref={root}
      onKeyDown={(event) => event.key === "Escape" && !event.isComposing && !event.defaultPrevented && backToQueue()}
    >
      <Head item={opened.item} />
      <details class="note-fold">
        <summary>
          <Icon name="note" />
          {t.note}
          <Icon name="chevron" />
        </summary>
        <NotePanel opened={opened} />
      </details>
      <Entries opened={opened} />
      {opened.item.mine ? <Composer key={opened.conversation} /> : <ClaimBar item={opened.item} />}
    </main>
  );
}

function Choose() {
  const t = texts.value;
  return (
    <div class="empty">
      <Icon name="chat" />
      <strong>{t.chooseTitle}</strong>
      <p>{t.chooseText}</p>
    </div>
  );
}

function Head({ item }: { item: QueueItem }) {
  const t = texts.value;
  return (
    <div class="conversation-head">
      <button type="button" class="icon-button back" aria-label={t.back} onClick={backToQueue}>
        <Icon name="back" />
      </button>
      <div class="conversation-title">
        <div>
          <AcuityBadge acuity={item.acuity} />
          <OwnerLabel item={item} />
          <ReceiverLabel item={item} />
        </div>
        <p>
          {[reasonText(item), t.languages[item.lang] ?? item.lang, waitedFor(item.since, desk.now.value, t)]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      {item.mine && (
        <div class="conversation-actions">
          <button type="button" class="button outline small" title={t.handBackHint} onClick={() => desk.act("hand_back")}>
            {t.handBack}
          </button>
          <TransferButton />
          <CloseButton />
        </div>
      )}
    </div>
  );
}

function Entries({ opened: { entries, conversation } }: { opened: desk.Opened }) {
  const t = texts.value;
  const unsent = desk.unsent.value.filter((message) => message.conversation === conversation);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  useLayoutEffect(() => {
    atEnd.current = true;
  }, [conversation]);
  useLayoutEffect(() => {
    const log = scroller.current;
    if (log && atEnd.current) log.scrollTop = log.scrollHeight;
  }, [entries, unsent.length]);

  return (
    <div
      class="entries"
      role="log"
      aria-label={t.conversation}
      tabIndex={0}
      ref={scroller}
      onScroll={({ currentTarget: log }) => {
        atEnd.current = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
      }}
    >
      {entries.map((entry) => (
        <DeskEntry key={entry.client_id ?? entry.id} entry={entry} />
      ))}
      {unsent.map((message) => (
        <UnsentLine key={message.id} message={message} />
      ))}
    </div>
  );
}

function ClaimBar({ item }: { item: QueueItem }) {
  const t = texts.value;
  if (item.owner === "closed") return <p class="claim-bar">{t.closedHint}</p>;
  if (item.owner === "nurse") return <p class="claim-bar">{t.taken(item.nurse ?? "…")}</p>;
  if (item.owner === "bot") return <p class="claim-bar">{t.botHas}</p>;
  return (
    <div class="claim-bar">
      <p>{t.claimHint}</p>
      <div class="claim-acts">
        <Snooze item={item} />
        <button type="button" class="button primary claim" onClick={() => desk.act("claim")}>
          <Icon name="nurse" />
          {t.claim}
        </button>
      </div>
    </div>
  );
}
