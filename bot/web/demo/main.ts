import "../shared/base.css";
import "./demo.css";
import { QUESTIONS, type Question } from "./questions";

interface Careline {
  open(): void;
  ask(text: string): void;
}

/** The widget's script loads on its own time; before it is there, its buttons do nothing. */
function careline(): Careline | undefined {
  return (window as { careline?: Careline }).careline;
}

function questionItem(question: Question): HTMLLIElement {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = question.alarm ? "question alarm" : "question";
  button.textContent = question.text;
  button.addEventListener("click", () => careline()?.ask(question.text));
  item.append(button);
  return item;
}

for (const list of document.querySelectorAll<HTMLElement>("[data-questions]")) {
  const lang = list.dataset["questions"] === "zh" ? "zh" : "en";
  list.append(...QUESTIONS[lang].map(questionItem));
}

const tag = `<script src="${location.origin}/widget.js" async data-name="Your hospital"></script>`;
document.querySelector("[data-snippet]")!.textContent = tag;
document.querySelector("[data-open]")!.addEventListener("click", () => careline()?.open());

const copy = document.querySelector<HTMLButtonElement>("[data-copy]")!;
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(tag);
  copy.textContent = "Copied";
});
