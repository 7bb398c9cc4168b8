/** The site around the chat. It learns that the chat wants to close and how many replies are unread: no words, no keys. */

export type FromHost = { careline: "opened" | "closed" } | { careline: "draft"; text: string };
export type ToHost =
  | { careline: "ready" }
  | { careline: "close" }
  | { careline: "unread"; count: number }
  | { careline: "active"; active: boolean };

export const embedded = window.parent !== window;

/** Any site may embed the chat, so the target is open; nothing of the conversation is in these messages. */
export function tellHost(message: ToHost): void {
  if (embedded) window.parent.postMessage(message, "*");
}

export function onHost(listen: (message: FromHost) => void): void {
  window.addEventListener("message", (event: MessageEvent<FromHost>) => {
    if (event.source !== window.parent || typeof event.data?.careline !== "string") return;
    listen(event.data);
  });
}
