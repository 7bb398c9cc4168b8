import "../shared/base.css";
import "../shared/answer.css";
import "./desk.css";
import { render } from "preact";
import { App } from "./app";
import * as session from "./session";

const RETRY_MS = 2_000;

async function begin(): Promise<void> {
  try {
    await session.refresh();
  } catch {
    window.setTimeout(() => void begin(), RETRY_MS);
  }
}

render(<App />, document.getElementById("app")!);
void begin();
