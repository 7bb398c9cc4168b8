import { Alerts } from "./components/alerts";
import { Conversation } from "./components/conversation";
import { Login } from "./components/login";
import { NotePanel } from "./components/note";
import { Queue } from "./components/queue";
import { TopBar } from "./components/topbar";
import * as desk from "./desk";
import { texts } from "./preferences";
import { nurse } from "./session";

export function App() {
  if (nurse.value === undefined) return <p class="starting">{texts.value.connecting}</p>;
  if (nurse.value === null) return <Login />;
  const opened = desk.openId.value !== null;
  return (
    <div class={`desk ${opened ? "has-open" : ""}`}>
      <TopBar />
      <Banners />
      <Alerts />
      <div class="columns">
        <Queue />
        <Conversation />
        <aside class="aside" aria-label={texts.value.note}>
          {desk.opened.value && <NotePanel opened={desk.opened.value} />}
        </aside>
      </div>
    </div>
  );
}

function Banners() {
  const t = texts.value;
  return (
    <div role="status">
      {!desk.connected.value && <p class="banner">{desk.everConnected.value ? t.offline : t.connecting}</p>}
      {desk.problem.value && <p class="banner problem">{desk.problem.value}</p>}
    </div>
  );
}
