import { useEffect, useRef } from "preact/hooks";
import * as chat from "../chat";

export type Confirmation = "new" | "forget";

export function ConfirmDialog({ confirmation, done }: { confirmation: Confirmation | null; done: () => void }) {
  const t = chat.texts.value;
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    if (confirmation) dialog.current?.showModal();
  }, [confirmation]);

  if (!confirmation) return null;
  const forgets = confirmation === "forget";

  function act(): void {
    dialog.current?.close();
    if (forgets) chat.forget();
    else chat.newConversation();
  }

  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby="confirm-title"
      onClose={done}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <h2 id="confirm-title">{forgets ? t.forgetTitle : t.newTitle}</h2>
      <p>{forgets ? t.forgetText : t.newText}</p>
      <div class="dialog-actions">
        <button type="button" class="button outline" onClick={() => dialog.current?.close()}>
          {t.cancel}
        </button>
        <button type="button" class={`button ${forgets ? "danger" : "primary"}`} onClick={act}>
          {forgets ? t.confirmForget : t.confirmNew}
        </button>
      </div>
    </dialog>
  );
}
