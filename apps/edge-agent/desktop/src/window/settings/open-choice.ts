import { useSyncExternalStore } from "react";

/** What a person chose for this browser or this window, kept there; a store that is switched off or full keeps it until the window closes. */
export interface Choice<T extends string> {
  readonly use: () => T;
  readonly set: (value: T) => void;
}

/** `allowed` decides what counts: anyone may have written to the browser's store. */
export function openChoice<T extends string>(name: string, allowed: (text: string) => text is T, otherwise: () => T): Choice<T> {
  const key = `tillsync.${name}`;
  const listeners = new Set<() => void>();
  let value: T | undefined;
  const get = (): T => (value ??= readKept(key, allowed) ?? otherwise());
  return {
    use: () =>
      useSyncExternalStore((listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      }, get),
    set: (chosen) => {
      value = chosen;
      keep(key, chosen);
      for (const listener of listeners) listener();
    },
  };
}

function readKept<T extends string>(key: string, allowed: (text: string) => text is T): T | undefined {
  try {
    const kept = localStorage.getItem(key);
    return kept !== null && allowed(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Kept in memory alone.
  }
}
