/** Notices of the operating system, for a nurse who looks at another window. No word of the patient is in them. */

import { signal } from "@preact/signals";
import type { Acuity, AlertReason } from "../shared/protocol";
import { texts } from "./preferences";

const supported = "Notification" in window;

export type Permission = NotificationPermission | "unsupported";

export const permission = signal<Permission>(supported ? Notification.permission : "unsupported");

/** Asks the browser, which asks the nurse; only ever after a click. */
export async function askPermission(): Promise<void> {
  if (supported) permission.value = await Notification.requestPermission();
}

export function notify(alert: { conversation: string; acuity: Acuity; why: AlertReason }, show: () => void): void {
  if (permission.value !== "granted" || document.hasFocus()) return;
  const t = texts.value;
  const notice = new Notification(t.title, {
    body: t.alert(t.acuity[alert.acuity], alert.why),
    tag: alert.conversation,
    requireInteraction: alert.acuity === "emergency",
  });
  notice.onclick = () => {
    window.focus();
    show();
    notice.close();
  };
}
