import { isDeepStrictEqual } from "node:util";
import type { FakeAnswer } from "./vendor-rules.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A vendor's memory of idempotency keys. */
export interface KeyMemory {
  /**
   * Acts once for a key within its window: a repeat gets the first answer again, and the same key with another content
   * gets `conflict`. Past the window the key is new. Failures of the caller's own (4xx) are not remembered.
   */
  once(key: string, content: unknown, act: () => FakeAnswer, conflict: () => FakeAnswer): FakeAnswer;
}

/** `ignored`: a negative control, a vendor that forgets every key at once. */
export function keyMemory(clock: VirtualClock, windowMs: number, ignored = false): KeyMemory {
  const seen = new Map<string, { atMs: number; content: unknown; answer: FakeAnswer }>();
  return {
    once: (key, content, act, conflict) => {
      const known = seen.get(key);
      if (!ignored && known !== undefined && clock.nowMs() - known.atMs < windowMs)
        return isDeepStrictEqual(known.content, content) ? known.answer : conflict();
      const answer = act();
      if (answer.status < 400) seen.set(key, { atMs: clock.nowMs(), content: structuredClone(content), answer: structuredClone(answer) });
      return answer;
    },
  };
}
