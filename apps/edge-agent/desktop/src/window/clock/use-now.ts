import { useSyncExternalStore } from "react";

/** Ages on the screen are in whole seconds. */
const VISIBLE_MS = 1_000;
/** Nobody looks; what grows stale is still found within moments. */
const HIDDEN_MS = 5_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    document.addEventListener("visibilitychange", tick);
    wait();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", tick);
    clearTimeout(timer);
  };
}

function wait(): void {
  clearTimeout(timer);
  timer = setTimeout(tick, document.visibilityState === "visible" ? VISIBLE_MS : HIDDEN_MS);
}

/** Also when somebody looks again: what they see first is of now. */
function tick(): void {
  now = Date.now();
  wait();
  for (const listener of listeners) listener();
}

/** While nobody listens no timer runs; what is drawn first is then of now, and the same however often it is asked. */
function look(): number {
  if (listeners.size === 0 && Math.abs(Date.now() - now) > VISIBLE_MS) now = Date.now();
  return now;
}

/** This machine's clock in ms since 1970, anew every second while someone looks: one timer for all who show ages. */
export const useNow = (): number => useSyncExternalStore(subscribe, look);
