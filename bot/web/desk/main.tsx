import "../shared/base.css";
import "../shared/answer.css";
import "./desk.css";
import { render } from "preact";
import { Boundary } from "../shared/boundary";
import { App } from "./app";
import { texts } from "./preferences";
import * as session from "./session";

const RETRY_MS = 2_000;

async function begin(): Promise<void> {
  try {
    await session.refresh();
  } catch {
    window.setTimeout(() => void begin(), RETRY_MS);
  }
}

render(
  <Boundary instead={<p class="starting">{texts.value.broken}</p>}>
    <App />
  </Boundary>,
  document.getElementById("app")!,
);
void begin();
