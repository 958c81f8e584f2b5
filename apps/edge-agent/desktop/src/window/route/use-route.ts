import { useSyncExternalStore } from "react";

/** Where the window is: a screen's id and what it shows, from the address after `#/`. */
export interface Route {
  readonly screen: string;
  readonly rest: readonly string[];
}

/** Reads `#/set-aside/12`; what cannot be decoded is taken as it is. */
export function readRoute(hash: string): Route {
  const [screen = "", ...rest] = hash.replace(/^#\/?/, "").split("/").map(decode);
  return { screen, rest };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a screen, for links. */
export const routeTo = (screen: string, ...rest: readonly (string | number)[]): string =>
  `#/${[screen, ...rest].map((part) => encodeURIComponent(part)).join("/")}`;

/** Goes there as a link would. */
export function goTo(screen: string, ...rest: readonly (string | number)[]): void {
  location.hash = routeTo(screen, ...rest);
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export const useHash = (): string => useSyncExternalStore(subscribe, () => location.hash);
export const useRoute = (): Route => readRoute(useHash());
