/** An answer sentence by sentence, with citation chips and the sources behind them. */

import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Icon } from "./icons";
import type { Citation, Sentence } from "./protocol";

export interface AnswerTexts {
  sources: (count: number) => string;
  source: (n: number) => string;
  opensNewTab: string;
}

/** The address if it is a web page; a source is text from elsewhere and could carry another scheme. */
function webAddress(url: string): URL | null {
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed : null;
  } catch {
    return null;
  }
}

function SourceTitle({ citation, texts }: { citation: Citation; texts: AnswerTexts }) {
  const address = webAddress(citation.url);
  if (!address) return <span class="source-title">{citation.title}</span>;
  return (
    <a class="source-title" href={address.href} target="_blank" rel="noopener noreferrer">
      {citation.title}
      <Icon name="external" />
      <span class="visually-hidden"> ({texts.opensNewTab})</span>
    </a>
  );
}

function Source({ citation, id, texts }: { citation: Citation; id: string; texts: AnswerTexts }) {
  return (
    <li class="source" id={id} tabIndex={-1}>
      <span class="source-number" aria-hidden="true">
        {citation.n}
      </span>
      <div>
        <SourceTitle citation={citation} texts={texts} />
        <div class="source-host">{webAddress(citation.url)?.host}</div>
        {citation.quote && <blockquote>{citation.quote}</blockquote>}
        {citation.licence && <div class="source-host">{citation.licence}</div>}
      </div>
    </li>
  );
}

interface AnswerProps {
  sentences: Sentence[];
  citations: Citation[];
  texts: AnswerTexts;
  lang?: string | undefined;
  /** Shown between the text and its sources. */
  children?: ComponentChildren;
}

/** Chinese sentences follow each other without a space. */
function gapAfter(text: string): string {
  return /[。！？；：」』）]$/.test(text) ? "" : " ";
}

export function AnswerBody({ sentences, citations, texts, lang, children }: AnswerProps) {
  const [open, setOpen] = useState(false);
  const base = useId();
  const list = useRef<HTMLOListElement>(null);
  const known = new Set(citations.map((citation) => citation.n));

  function show(n: number): void {
    setOpen(true);
    requestAnimationFrame(() => {
      const row = list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${base}-${n}`)}`);
      row?.scrollIntoView({ block: "nearest", behavior: "smooth" });
      row?.focus({ preventScroll: true });
    });
  }

  return (
    <>
      <p class="answer-text" lang={lang}>
        {sentences.map((sentence, index) => (
          <span class="answer-sentence" key={index}>
            {sentence.text}
            {sentence.citations.filter((n) => known.has(n)).map((n) => (
              <button type="button" class="cite" key={n} aria-label={texts.source(n)} onClick={() => show(n)}>
                {n}
              </button>
            ))}
            {gapAfter(sentence.text)}
          </span>
        ))}
      </p>
      {children}
      {citations.length > 0 && (
        <div class="sources">
          <button type="button" class="sources-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name="book" />
            {texts.sources(citations.length)}
            <Icon name="chevron" />
          </button>
          {open && (
            <ol class="source-list" ref={list} lang={lang}>
              {citations.map((citation) => (
                <Source key={citation.n} citation={citation} id={`${base}-${citation.n}`} texts={texts} />
              ))}
            </ol>
          )}
        </div>
      )}
    </>
  );
}
