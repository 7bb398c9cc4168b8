/** Plain text with the little structure that replies use: paragraphs and lists of lines that start with a dash. */

const BULLET = /^\s*(?:[-•*·])\s+/;

interface Block {
  list: boolean;
  lines: string[];
}

function blocks(text: string): Block[] {
  const found: Block[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (!line.trim()) {
      found.push({ list: false, lines: [] });
      continue;
    }
    const list = BULLET.test(line);
    const content = line.replace(BULLET, "");
    const last = found.at(-1);
    if (last && last.list === list && last.lines.length > 0) last.lines.push(content);
    else found.push({ list, lines: [content] });
  }
  return found.filter((block) => block.lines.length > 0);
}

export function RichText({ text }: { text: string }) {
  return (
    <div class="rich-text">
      {blocks(text).map((block, index) =>
        block.list ? (
          <ul key={index}>
            {block.lines.map((line, n) => (
              <li key={n}>{line}</li>
            ))}
          </ul>
        ) : (
          <p key={index}>
            {block.lines.map((line, n) => (
              <>
                {n > 0 && <br />}
                {line}
              </>
            ))}
          </p>
        ),
      )}
    </div>
  );
}
