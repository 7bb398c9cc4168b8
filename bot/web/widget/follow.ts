/** Scrolling that follows the conversation: to its end, but never past the beginning of what is being read. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR_PX = 60;
const MARGIN_PX = 12;

/** What must stay in sight from its first line: emergency advice nobody has written after, else the newest reply. */
function anchorOf(log: HTMLElement): HTMLElement | undefined {
  const rows = [...log.querySelectorAll<HTMLElement>(".message, .advice")];
  const advice = rows.findLastIndex((row) => row.matches(".advice.emergency"));
  const spoken = rows.findLastIndex((row) => row.matches(".patient, .nurse"));
  if (advice > spoken) return rows[advice];
  const last = rows.at(-1);
  return last?.matches(".patient") ? undefined : last;
}

function targetOf(log: HTMLElement): number {
  const end = log.scrollHeight - log.clientHeight;
  const anchor = anchorOf(log);
  if (!anchor) return end;
  const top = anchor.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
  return Math.min(end, top - MARGIN_PX);
}

export function useFollow(scroller: { current: HTMLElement | null }, changes: unknown[]) {
  const following = useRef(true);
  const [more, setMore] = useState(false);

  function measure(): void {
    const log = scroller.current;
    if (log) setMore(log.scrollHeight - log.scrollTop - log.clientHeight > NEAR_PX);
  }

  function follow(): void {
    if (following.current && scroller.current) scroller.current.scrollTop = targetOf(scroller.current);
    measure();
  }

  useLayoutEffect(follow, changes);
  useEffect(() => {
    const observer = new ResizeObserver(follow);
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);

  return {
    more,
    onScroll(): void {
      const log = scroller.current;
      if (!log) return;
      following.current = log.scrollTop >= targetOf(log) - NEAR_PX;
      measure();
    },
    toEnd(): void {
      const log = scroller.current;
      log?.scrollTo({ top: log.scrollHeight });
    },
  };
}
