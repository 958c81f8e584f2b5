import { listSetAside, showSetAside } from "../capture/list-set-aside.ts";
import type { RetryDeps } from "../capture/retry-set-aside.ts";
import type { WindowHandlers } from "../control/methods.ts";
import { retryForWindow } from "./retry-for-window.ts";

export type CareDeps = RetryDeps;

/** What staff may ask about the day, about goods and members, and about what went wrong. */
export function careHandlers(deps: CareDeps): Pick<WindowHandlers, "set-aside-list" | "set-aside-show" | "set-aside-try-again"> {
  const { store } = deps;
  return {
    "set-aside-list": ({ all }) => listSetAside(store, all),
    "set-aside-show": ({ id }) => showSetAside(store, id),
    "set-aside-try-again": ({ ids }) => retryForWindow(deps, ids),
  };
}
