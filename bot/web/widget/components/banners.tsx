import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import * as chat from "../chat";
import { callLabel, dialable, numbersText } from "../i18n";

/** A connection that returns within this time is not worth a banner. */
const GRACE_MS = 1_200;

export function OfflineBanner() {
  const t = chat.texts.value;
  const lost = !chat.connected.value;
  const [shown, show] = useState(false);

  useEffect(() => {
    if (!lost) return show(false);
    const timer = window.setTimeout(() => show(true), navigator.onLine ? GRACE_MS : 0);
    return () => window.clearTimeout(timer);
  }, [lost]);

  return (
    <div role="status">
      {shown && lost && (
        <p class="banner offline">
          <Icon name="alert" />
          <span>{t.offline(numbersText(t, chat.contacts.value))}</span>
        </p>
      )}
      {chat.renewed.value && (
        <p class="banner">
          <Icon name="info" />
          <span>{t.renewed}</span>
        </p>
      )}
    </div>
  );
}

/** Once emergency advice was given, the number stays in sight however long the conversation gets. */
export function EmergencyBar() {
  const t = chat.texts.value;
  const contact = emergencyContact();
  if (!chat.inEmergency.value || !contact) return null;
  return (
    <div class="emergency-bar">
      <Icon name="alert" />
      <span>{t.emergencyBar}</span>
      <a href={dialable(contact)}>
        <Icon name="phone" />
        {t.call(contact)}
      </a>
    </div>
  );
}

function emergencyContact(): string | undefined {
  const advised = chat.timeline.value.entries.findLast((entry) => entry.advice?.acuity === "emergency");
  return (advised?.advice?.contacts[0] ?? chat.contacts.value[0])?.number;
}

export function Toast() {
  return (
    <div class="toast" role="status">
      {chat.toast.value && <p>{chat.toast.value}</p>}
    </div>
  );
}

export function Footer() {
  const t = chat.texts.value;
  const contact = chat.contacts.value[0];
  if (chat.inEmergency.value) return null;
  return (
    <p class="footer">
      {t.footer}{" "}
      {contact && (
        <a href={dialable(contact.number)}>{callLabel(t, contact)}</a>
      )}
    </p>
  );
}
