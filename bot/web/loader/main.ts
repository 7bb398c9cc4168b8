/**
 * The one script a site includes:
 *
 *   <script src="https://chat.hospital.example/widget.js" async data-lang="zh" data-name="Riverside General"></script>
 *
 * It adds a button and a frame inside a shadow root, so that the site's styles stay out and the patient's words stay in the frame.
 */

import css from "./loader.css?inline";

const script = document.currentScript as HTMLScriptElement;
const origin = new URL(script.src).origin;

const TEXTS = {
  en: { open: "Chat with us", close: "Close chat", frame: "Health assistant chat", unread: (n: number) => `${n} unread` },
  zh: { open: "健康咨询", close: "关闭对话", frame: "健康助手对话", unread: (n: number) => `${n} 条未读` },
};

const CHAT_ICON = "M4 5.5h16v11H9.5L5 20v-3.5H4zM8 9.5h8M8 12.5h5";

function language(): keyof typeof TEXTS {
  for (const wish of [script.dataset["lang"], document.documentElement.lang, navigator.language]) {
    const start = wish?.toLowerCase().slice(0, 2);
    if (start === "zh" || start === "en") return start;
  }
  return "en";
}

/** Remembers, for this site alone, that a chat exists or is open; the site's visitor may have refused storage. */
const memory = {
  get(store: "localStorage" | "sessionStorage", key: string): boolean {
    try {
      return window[store].getItem(`careline.${key}`) === "1";
    } catch {
      return false;
    }
  },
  set(store: "localStorage" | "sessionStorage", key: string, value: boolean): void {
    try {
      if (value) window[store].setItem(`careline.${key}`, "1");
      else window[store].removeItem(`careline.${key}`);
    } catch {
      // Then the next page starts with the chat closed.
    }
  },
};

function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string>): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function mount(): void {
  const lang = language();
  const t = TEXTS[lang];
  const host = element("div", { id: "careline-widget", lang: lang === "zh" ? "zh-CN" : "en" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const panel = element("div", { class: "panel", id: "panel", role: "dialog", "aria-label": t.frame, hidden: "" });
  const launcher = element("button", {
    class: "launcher",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "panel",
  });
  const label = element("span", { class: "label" });
  label.textContent = t.open;
  const badge = element("span", { class: "badge", hidden: "" });
  launcher.append(icon(CHAT_ICON), label, badge);
  root.append(panel, launcher);
  document.body.append(host);

  let frame: HTMLIFrameElement | null = null;
  let ready = false;
  let open = false;
  let draft = "";

  function send(message: object): void {
    frame?.contentWindow?.postMessage(message, origin);
  }

  function load(): void {
    if (frame) return;
    const query = new URLSearchParams({ lang, name: script.dataset["name"] ?? "" });
    frame = element("iframe", { src: `${origin}/widget?${query}`, title: t.frame, allow: "" });
    panel.append(frame);
  }

  function announce(): void {
    if (!ready) return;
    send({ careline: open ? "opened" : "closed" });
    if (open && draft) {
      send({ careline: "draft", text: draft });
      draft = "";
    }
  }

  function show(focus = true): void {
    load();
    open = true;
    panel.hidden = false;
    badge.hidden = true;
    launcher.setAttribute("aria-expanded", "true");
    launcher.setAttribute("aria-label", t.close);
    host.classList.add("open");
    memory.set("sessionStorage", "open", true);
    if (focus) frame!.focus();
    announce();
  }

  function hide(): void {
    open = false;
    panel.hidden = true;
    launcher.setAttribute("aria-expanded", "false");
    launcher.removeAttribute("aria-label");
    host.classList.remove("open");
    memory.set("sessionStorage", "open", false);
    announce();
    launcher.focus();
  }

  function showUnread(count: number): void {
    if (open) return;
    badge.hidden = false;
    badge.textContent = String(count);
    launcher.setAttribute("aria-label", `${t.open}, ${t.unread(count)}`);
  }

  function receive(event: MessageEvent): void {
    if (event.origin !== origin || event.source !== frame?.contentWindow) return;
    switch (event.data?.careline) {
      case "ready":
        ready = true;
        return announce();
      case "close":
        return hide();
      case "unread":
        return showUnread(Number(event.data.count));
      case "active":
        return memory.set("localStorage", "active", event.data.active === true);
    }
  }

  window.addEventListener("message", receive);
  launcher.addEventListener("click", () => (open ? hide() : show()));
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape" && open) hide();
  });

  Object.assign(window, {
    careline: {
      open: () => show(),
      close: hide,
      /** Opens the chat with a text in the writing field; the patient still decides to send it. */
      ask(text: string) {
        draft = text;
        show();
      },
    },
  });

  // On a phone the chat covers the page: a visitor who went on to another page wants to see that page.
  if (memory.get("sessionStorage", "open") && window.innerWidth > 520) show(false);
  else if (memory.get("localStorage", "active")) load();
}

if (document.body) mount();
else document.addEventListener("DOMContentLoaded", mount);
