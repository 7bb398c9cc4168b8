import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import * as chat from "../chat";
import { embedded, tellHost } from "../host";
import { TEXTS } from "../i18n";
import type { Confirmation } from "./confirm";

type Confirm = (confirmation: Confirmation) => void;

export function Header({ confirm }: { confirm: Confirm }) {
  const t = chat.texts.value;
  const other = chat.lang.value === "zh" ? "en" : "zh";
  return (
    <header class="header">
      <span class="header-mark">
        <Icon name="mark" />
      </span>
      <h1 class="header-title">
        {chat.siteName && <span>{chat.siteName} </span>}
        {t.title}
      </h1>
      <button
        type="button"
        class="header-lang"
        lang={other === "zh" ? "zh-CN" : "en"}
        aria-label={t.switchLanguage}
        onClick={() => chat.setLanguage(other)}
      >
        {other === "zh" ? TEXTS.zh.name : "EN"}
      </button>
      <Menu confirm={confirm} />
      {embedded && (
        <button type="button" class="icon-button" aria-label={t.close} onClick={() => tellHost({ careline: "close" })}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}

function Menu({ confirm }: { confirm: Confirm }) {
  const t = chat.texts.value;
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    const away = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    root.current?.querySelector<HTMLElement>(".menu button")?.focus();
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [open]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault();
    setOpen(false);
    root.current?.querySelector<HTMLElement>("button")?.focus();
  }

  function choose(confirmation: Confirmation): void {
    setOpen(false);
    confirm(confirmation);
  }

  return (
    <div class="menu-root" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="icon-button"
        aria-label={t.menu}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="menu" />
      </button>
      {open && (
        <div class="menu">
          <button type="button" onClick={() => choose("new")}>
            {t.newConversation}
          </button>
          {chat.mayEnd.value && (
            <button type="button" onClick={() => choose("end")}>
              {t.endConversation}
            </button>
          )}
          <button type="button" onClick={() => choose("forget")}>
            {t.forget}
          </button>
        </div>
      )}
    </div>
  );
}
