import { useEffect, useRef } from "preact/hooks";
import * as chat from "../chat";

export type Confirmation = "new" | "end" | "forget";

export function ConfirmDialog({ confirmation, done }: { confirmation: Confirmation | null; done: () => void }) {
  const t = chat.texts.value;
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    if (confirmation) dialog.current?.showModal();
  }, [confirmation]);

  if (!confirmation) return null;
  const { title, text, confirm, act } = {
    new: { title: t.newTitle, text: t.newText, confirm: t.confirmNew, act: chat.newConversation },
    end: { title: t.endTitle, text: t.endText, confirm: t.confirmEnd, act: chat.endConversation },
    forget: { title: t.forgetTitle, text: t.forgetText, confirm: t.confirmForget, act: chat.forget },
  }[confirmation];

  function confirmed(): void {
    dialog.current?.close();
    act();
  }

  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby="confirm-title"
      onClose={done}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <h2 id="confirm-title">{title}</h2>
      <p>{text}</p>
      <div class="dialog-actions">
        <button type="button" class="button outline" onClick={() => dialog.current?.close()}>
          {t.cancel}
        </button>
        <button type="button" class={`button ${confirmation === "forget" ? "danger" : "primary"}`} onClick={confirmed}>
          {confirm}
        </button>
      </div>
    </dialog>
  );
}
