import { useEffect, useState } from "preact/hooks";
import * as chat from "./chat";
import { Composer } from "./components/composer";
import { ConfirmDialog, type Confirmation } from "./components/confirm";
import { EmergencyBar, Footer, OfflineBanner, Toast } from "./components/banners";
import { Header } from "./components/header";
import { Log } from "./components/log";
import { StatusStrip } from "./components/status";
import { embedded, tellHost } from "./host";

/** Esc closes the chat, unless something smaller is open inside or characters are being composed. */
function closeOnEscape(event: KeyboardEvent): void {
  if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && embedded) tellHost({ careline: "close" });
}

export function App() {
  const [confirmation, confirm] = useState<Confirmation | null>(null);

  useEffect(() => {
    document.addEventListener("keydown", closeOnEscape);
    return () => document.removeEventListener("keydown", closeOnEscape);
  }, []);

  return (
    <div class="chat">
      <Header confirm={confirm} />
      {chat.forgotten.value ? <Forgotten /> : <Conversation />}
      <ConfirmDialog confirmation={confirmation} done={() => confirm(null)} />
    </div>
  );
}

function Conversation() {
  return (
    <>
      <StatusStrip />
      <EmergencyBar />
      <OfflineBanner />
      <Log />
      <Toast />
      <Composer />
      <Footer />
    </>
  );
}

function Forgotten() {
  const t = chat.texts.value;
  return (
    <main class="forgotten">
      <h2>{t.forgottenTitle}</h2>
      <p>{t.forgottenText}</p>
      <button type="button" class="button primary" onClick={chat.start}>
        {t.newConversation}
      </button>
    </main>
  );
}
