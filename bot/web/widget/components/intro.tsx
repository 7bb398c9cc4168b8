import { Icon } from "../../shared/icons";
import * as chat from "../chat";
import { numbersText } from "../i18n";
import { persistent } from "../storage";

export function Intro() {
  const t = chat.texts.value;
  return (
    <section class="intro">
      <h2>{t.introTitle}</h2>
      <p>{t.intro}</p>
      <p class="intro-emergency">
        <Icon name="alert" />
        <span>{t.introEmergency(numbersText(t, chat.contacts.value))}</span>
      </p>
      <p class="intro-privacy">{t.introPrivacy}</p>
      {!persistent && <p class="intro-privacy">{t.noStorage}</p>}
    </section>
  );
}
