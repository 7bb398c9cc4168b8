/** Who has the conversation, and the way to a human that is always there. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon, type IconName } from "../../shared/icons";
import * as chat from "../chat";

const LEAVE_AFTER_MS = 1_500;

const ICONS: Record<string, IconName> = { bot: "chat", queue: "clock", nurse: "nurse", closed: "check" };

export function StatusStrip() {
  const t = chat.texts.value;
  const { owner, nurse, position, usualMinutes } = chat.state.value;
  const says: Record<typeof owner, string> = {
    bot: chat.askingForNurse.value ? t.askedForNurse : t.status.bot,
    queue: t.status.queue(position),
    nurse: t.status.nurse(nurse ?? t.nurseUnnamed),
    closed: t.status.closed,
  };
  return (
    <div class={`status ${owner}`}>
      <Icon name={ICONS[owner] ?? "info"} />
      <div class="status-text" role="status">
        <span>{says[owner]}</span>
        {owner === "queue" && usualMinutes && !chat.inEmergency.value && <small>{t.status.usual(usualMinutes)}</small>}
        {owner === "queue" && chat.inEmergency.value && <small>{t.status.queueHint}</small>}
        {owner === "closed" && <small>{t.status.closedHint}</small>}
      </div>
      <StatusAction />
    </div>
  );
}

/** The control vanishes once it was used: the keyboard goes on in the writing field. */
function thenWrite(act: () => void): () => void {
  return () => {
    act();
    document.getElementById("composer")?.focus();
  };
}

function StatusAction() {
  const t = chat.texts.value;
  const { owner } = chat.state.value;
  if (owner === "bot") {
    return (
      <Action key="ask" onClick={thenWrite(chat.wantNurse)} disabled={chat.askingForNurse.value}>
        <Icon name="nurse" />
        {t.talkToNurse}
      </Action>
    );
  }
  if (owner === "closed") {
    return (
      <Action key="new" onClick={thenWrite(chat.newConversation)}>
        {t.newConversation}
      </Action>
    );
  }
  return owner === "queue" && !chat.inEmergency.value ? <Leave key="leave" /> : null;
}

/** It appears where "Talk to a nurse" was: for a moment it does nothing, so that a double click does not undo the first. */
function Leave() {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setReady(true), LEAVE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <Action onClick={thenWrite(chat.leaveQueue)} disabled={!ready}>
      {chat.texts.value.backToAssistant}
    </Action>
  );
}

function Action(props: { onClick: () => void; disabled?: boolean; children: ComponentChildren }) {
  return (
    <button type="button" class="button outline small" onClick={props.onClick} disabled={props.disabled ?? false}>
      {props.children}
    </button>
  );
}
