import { useRef } from "preact/hooks";
import { Icon } from "../../shared/icons";
import * as desk from "../desk";
import { texts, titled } from "../preferences";

/** To a nurse who is at the desk now, or to a team. */
export function TransferButton() {
  const t = texts.value;
  const dialog = useRef<HTMLDialogElement>(null);

  function transfer(to: { nurse: string } | { team: string }): void {
    dialog.current?.close();
    desk.transfer(to);
  }

  return (
    <>
      <button type="button" class="button outline small" onClick={() => dialog.current?.showModal()}>
        {t.transfer}
      </button>
      <dialog
        class="dialog"
        ref={dialog}
        aria-labelledby="transfer-title"
        onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      >
        <h2 id="transfer-title">{t.transferTitle}</h2>
        <p>{t.transferText}</p>
        <h3>{t.nursesHere}</h3>
        {desk.staff.value.nurses.length === 0 && <p class="soft">{t.noOtherNurse}</p>}
        <ul class="choices">
          {desk.staff.value.nurses.map(({ name, display_name }) => (
            <li key={name}>
              <button type="button" class="choice" onClick={() => transfer({ nurse: name })}>
                <Icon name="nurse" />
                {display_name}
              </button>
            </li>
          ))}
        </ul>
        <h3>{t.teams}</h3>
        <ul class="choices">
          {desk.staff.value.teams.map(({ id, name, open }) => (
            <li key={id}>
              <button type="button" class="choice" onClick={() => transfer({ team: id })}>
                <Icon name="team" />
                <span class="choice-name">{titled(name)}</span>
                <span class={`duty ${open ? "on" : ""}`}>{open ? t.onDuty : t.offDuty}</span>
              </button>
            </li>
          ))}
        </ul>
        <div class="dialog-actions">
          <button type="button" class="button outline" onClick={() => dialog.current?.close()}>
            {t.cancel}
          </button>
        </div>
      </dialog>
    </>
  );
}
