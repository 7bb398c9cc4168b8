import "../shared/base.css";
import "../shared/answer.css";
import "./widget.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { Boundary } from "../shared/boundary";
import { App } from "./app";
import { Broken } from "./components/broken";
import * as chat from "./chat";
import { embedded, onHost, tellHost } from "./host";

effect(() => {
  document.documentElement.lang = chat.lang.value === "zh" ? "zh-CN" : "en";
  document.title = chat.texts.value.pageTitle;
});

document.documentElement.classList.toggle("embedded", embedded);
render(
  <Boundary instead={<Broken />}>
    <App />
  </Boundary>,
  document.getElementById("app")!,
);

onHost((message) => {
  if (message.careline === "draft") {
    chat.draft.value = message.text.slice(0, 2000);
    return;
  }
  chat.hostOpened(message.careline === "opened");
  if (message.careline === "opened") document.querySelector<HTMLElement>("#composer")?.focus();
});

if (embedded) {
  if (chat.hasConversation()) chat.start();
  tellHost({ careline: "ready" });
} else {
  chat.hostOpened(true);
}
