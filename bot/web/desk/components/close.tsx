import { useRef } from "preact/hooks";
import * as desk from "../desk";
import { texts } from "../preferences";

export function CloseButton() {
  const t = texts.value;
  const dialog = useRef<HTMLDialogElement>(null);

  function close(): void {
    dialog.current?.close();
    desk.act("close");
  }

  return (
    <>
      <button type="button" class="button outline small" onClick={() => dialog.current?.showModal()}>
        {t.close}
      </button>
      <dialog
        class="dialog"
        ref={dialog}
        aria-labelledby="close-title"
        onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      >
        <h2 id="close-title">{t.closeTitle}</h2>
        <p>{t.closeText}</p>
        <div class="dialog-actions">
          <button type="button" class="button outline" onClick={() => dialog.current?.close()}>
            {t.cancel}
          </button>
          <button type="button" class="button danger" onClick={close}>
            {t.closeConfirm}
          </button>
        </div>
      </dialog>
    </>
  );
}
