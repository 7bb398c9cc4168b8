/** Who has the conversation, and the way to a human that is always there. */

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../shared/icons";
import * as chat from "../chat";

const ICONS: Record<string, IconName> = { bot: "chat", queue: "clock", nurse: "nurse", closed: "check" };

export function StatusStrip() {
  const t = chat.texts.value;
  const { owner, nurse, position } = chat.state.value;
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
        {owner === "queue" && chat.inEmergency.value && <small>{t.status.queueHint}</small>}
      </div>
      <StatusAction />
    </div>
  );
}

function StatusAction() {
  const t = chat.texts.value;
  const { owner } = chat.state.value;
  if (owner === "bot") {
    return (
      <Action onClick={chat.wantNurse} disabled={chat.askingForNurse.value}>
        <Icon name="nurse" />
        {t.talkToNurse}
      </Action>
    );
  }
  if (owner === "closed") return <Action onClick={chat.newConversation}>{t.newConversation}</Action>;
  if (owner === "queue" && !chat.inEmergency.value) return <Action onClick={chat.leaveQueue}>{t.backToAssistant}</Action>;
  return null;
}

function Action(props: { onClick: () => void; disabled?: boolean; children: ComponentChildren }) {
  return (
    <button type="button" class="button outline small" onClick={props.onClick} disabled={props.disabled ?? false}>
      {props.children}
    </button>
  );
}
