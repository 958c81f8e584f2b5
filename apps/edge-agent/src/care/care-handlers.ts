import { listSetAside, showSetAside } from "../capture/list-set-aside.ts";
import type { RetryDeps } from "../capture/retry-set-aside.ts";
import type { WindowHandlers } from "../control/methods.ts";
import { readDay } from "../day/read-day.ts";
import { readDevices } from "../day/read-devices.ts";
import { findMembers } from "../look-up/find-members.ts";
import { findProducts, type LookUpDeps } from "../look-up/find-products.ts";
import { retryForWindow } from "./retry-for-window.ts";

export type CareDeps = RetryDeps & LookUpDeps;
type CareMethod = "day" | "devices" | "find-products" | "find-members" | "set-aside-list" | "set-aside-show" | "set-aside-try-again";

/** What staff may ask about the day, about goods and members, and about what went wrong. */
export function careHandlers(deps: CareDeps): Pick<WindowHandlers, CareMethod> {
  const { store } = deps;
  return {
    day: ({ businessDay }) => readDay(store, businessDay),
    devices: () => readDevices(store),
    "find-products": ({ text, limit }, gone) => findProducts(deps, text, limit, gone),
    "find-members": ({ text }) => findMembers(deps, text),
    "set-aside-list": ({ all }) => listSetAside(store, all),
    "set-aside-show": ({ id }) => showSetAside(store, id),
    "set-aside-try-again": ({ ids }) => retryForWindow(deps, ids),
  };
}
