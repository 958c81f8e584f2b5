import { epoch as epochNumber, type Epoch } from "@tillsync/sync-protocol";
import { journalHeads } from "../journal/journal-heads.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { carryOn } from "./replica-journal.ts";

/**
 * Moves what this terminal may not send under its enrolment to an epoch that it may: epochs below `firstEpoch` belong to
 * an earlier key of the same terminal in the cloud, and those under another key of ours cannot be signed any more. Their
 * entries are carried over and the old epochs closed; nothing is lost and nothing is sent in another's place. Does
 * nothing when called again. Throws `store.*`.
 */
export function settleEpochs(store: AgentStore, firstEpoch: Epoch): Epoch[] {
  return journalHeads(store)
    .filter(({ epoch, closed, journalKey }) => !closed && (epoch < firstEpoch || journalKey !== store.journalKey))
    .map(({ epoch }) => carryOn(store, "re-enrolled", epoch, Math.max(firstEpoch - 1, epochNumber(store.end.epoch)), 0));
}
