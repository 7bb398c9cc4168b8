import { Icon } from "../../shared/icons";
import * as desk from "../desk";
import { askPermission, permission } from "../notification";
import { sound, texts } from "../preferences";
import { nurse, signOut } from "../session";
import { chime } from "../sound";
import { LanguageButton } from "./login";

export function TopBar() {
  const t = texts.value;
  return (
    <header class="topbar">
      <span class="topbar-mark">
        <Icon name="mark" />
      </span>
      <h1>{t.title}</h1>
      <span class="topbar-count">{t.waitingCount(desk.waiting.value)}</span>
      <NoticeButton />
      <SoundButton />
      <LanguageButton />
      <span class="topbar-name">
        <Icon name="nurse" />
        {nurse.value?.display_name}
      </span>
      <button type="button" class="icon-button" aria-label={t.signOut} title={t.signOut} onClick={() => void signOut()}>
        <Icon name="logout" />
      </button>
    </header>
  );
}

/** Only while the browser has not been asked: what the nurse has decided, only the browser's settings change. */
function NoticeButton() {
  const t = texts.value;
  if (permission.value !== "default") return null;
  return (
    <button type="button" class="button outline small notices" aria-label={t.allowNotices} onClick={() => void askPermission()}>
      <Icon name="screen" />
      <span>{t.allowNotices}</span>
    </button>
  );
}

function SoundButton() {
  const t = texts.value;
  const label = sound.value ? t.soundOn : t.soundOff;

  function toggle(): void {
    sound.value = !sound.value;
    if (sound.value) chime(false);
  }

  return (
    <button
      type="button"
      class="icon-button"
      role="switch"
      aria-checked={sound.value}
      aria-label={label}
      title={label}
      onClick={toggle}
    >
      <Icon name={sound.value ? "bell" : "mute"} />
    </button>
  );
}
