import { listSetAside, showSetAside } from "../capture/list-set-aside.ts";
import type { RetryDeps } from "../capture/retry-set-aside.ts";
import type { WindowHandlers } from "../control/methods.ts";
import { readDay } from "../day/read-day.ts";
import { readDevices } from "../day/read-devices.ts";
import { retryForWindow } from "./retry-for-window.ts";

export type CareDeps = RetryDeps;
type CareMethod = "day" | "devices" | "set-aside-list" | "set-aside-show" | "set-aside-try-again";

/** What staff may ask about the day, about goods and members, and about what went wrong. */
export function careHandlers(deps: CareDeps): Pick<WindowHandlers, CareMethod> {
  const { store } = deps;
  return {
    day: ({ businessDay }) => readDay(store, businessDay),
    devices: () => readDevices(store),
    "set-aside-list": ({ all }) => listSetAside(store, all),
    "set-aside-show": ({ id }) => showSetAside(store, id),
    "set-aside-try-again": ({ ids }) => retryForWindow(deps, ids),
  };
}
