import * as chat from "../chat";
import { numbersText } from "../i18n";

/** What is left when the chat itself cannot be drawn: the number to call. */
export function Broken() {
  const t = chat.texts.value;
  return (
    <main class="forgotten">
      <p>{t.broken(numbersText(t, chat.contacts.value))}</p>
    </main>
  );
}
