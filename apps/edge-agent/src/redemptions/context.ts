import { TillsyncError, type StoreId, type TerminalId } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import type { EntryPlace } from "./entry-item.ts";
import type { RedemptionDeps } from "./redemptions.ts";
import type { ReserveRequest } from "./requests.ts";

export interface Enrolled {
  readonly terminal: TerminalId;
  readonly store: StoreId;
}

/** Throws `quota.not-enrolled`. */
export function enrolledAs(deps: Pick<RedemptionDeps, "terminal">): Enrolled {
  const enrolled = deps.terminal();
  if (enrolled === undefined) throw new TillsyncError("quota.not-enrolled");
  return enrolled;
}

/** Where and on which day it happens, in the POS's words as far as it told them. The day is a label; nothing ends by it. */
export const placeOf = (store: AgentStore, enrolled: Enrolled, place: ReserveRequest["place"]): EntryPlace => ({
  store: place?.store ?? enrolled.store,
  workstation: place?.workstation ?? enrolled.terminal,
  businessDay: place?.businessDay ?? new Date(store.now()).toISOString().slice(0, 10),
});
