import { useEffect, useState } from "react";

/** A person who types pauses longer than this only when they want to see something. */
const SETTLE_MS = 250;

export interface Settled {
  /** What is to be asked for; undefined: nothing, or the text is still being typed. */
  readonly asked: string | undefined;
  /** Asks for the text as it is now: a scanner ends with Enter. */
  readonly askNow: () => void;
}

/** Waits until a text stands still. While it is being changed nothing is asked, so that no answer to another text is shown under it. */
export function useSettled(text: string): Settled {
  const wanted = text.trim();
  const [settled, setSettled] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wanted), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  return { asked: settled === wanted && wanted !== "" ? wanted : undefined, askNow: () => setSettled(wanted) };
}
