import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import type { Finding } from "../../shared/protocol";
import type { Opened } from "../desk";
import { texts, titled } from "../preferences";

const COPIED_MS = 2_500;
const STATUS_ORDER = ["present", "unknown", "absent"];

export function NotePanel({ opened }: { opened: Opened }) {
  const t = texts.value;
  return (
    <div class="note-panel">
      <section>
        <div class="note-head">
          <h3>{t.note}</h3>
          {opened.note && <CopyButton text={opened.note} />}
        </div>
        {opened.note ? <Note text={opened.note} /> : <p class="soft">{t.noNote}</p>}
      </section>
      {opened.item.rules.length > 0 && (
        <section>
          <h3>{t.rules}</h3>
          <ul class="rule-list">
            {opened.item.rules.map((rule) => (
              <li key={rule.id}>
                <Icon name="alert" />
                {titled(rule.title)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t.findings}</h3>
        <Findings findings={opened.findings} />
      </section>
    </div>
  );
}

/** A line that begins with the letter of its part: situation, background, assessment, recommendation. */
const HEADED = /^([SBAR])\s{2,}(.*)$/;

function Note({ text }: { text: string }) {
  return (
    <div class="note">
      {text.split("\n").map((line, index) => {
        const [, heading, rest] = HEADED.exec(line) ?? [];
        return (
          <p key={index}>
            {heading ? (
              <>
                <strong>{texts.value.parts[heading]}</strong> {rest}
              </>
            ) : (
              line
            )}
          </p>
        );
      })}
    </div>
  );
}

function CopyButton({ text }: { text: string }) {
  const t = texts.value;
  const [state, setState] = useState<"copied" | "copyFailed" | null>(null);

  useEffect(() => {
    if (!state) return;
    const timer = window.setTimeout(() => setState(null), COPIED_MS);
    return () => window.clearTimeout(timer);
  }, [state]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      setState("copyFailed");
    }
  }

  return (
    <button type="button" class="button outline small" onClick={() => void copy()}>
      <Icon name={state === "copied" ? "check" : "copy"} />
      <span role="status">{state ? t[state] : t.copy}</span>
    </button>
  );
}

function Findings({ findings }: { findings: Finding[] }) {
  const t = texts.value;
  if (findings.length === 0) return <p class="soft">{t.noFindings}</p>;
  const sorted = [...findings].sort((a, b) => STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status));
  return (
    <ul class="findings">
      {sorted.map((finding) => (
        <li key={finding.id}>
          <span class={`finding-status ${finding.status}`}>{t.status[finding.status] ?? finding.status}</span>
          <span>
            {finding.label ? titled(finding.label) : finding.id.replaceAll("_", " ")}
            {finding.quote && <q>{finding.quote}</q>}
          </span>
        </li>
      ))}
    </ul>
  );
}
