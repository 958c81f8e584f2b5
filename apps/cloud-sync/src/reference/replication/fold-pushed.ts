import { decodeHlc, rewriteMember, type Collection, type Member, type ReferenceDocument, type TerminalId } from "@tillsync/sync-protocol";
import { foldPushedDocument } from "../../folds/fold-pushed-document.ts";
import { foldWrittenDocument } from "../../folds/fold-written-document.ts";
import { hlcOfMs } from "../../folds/trusted-hlc.ts";
import type { Caller } from "./caller.ts";

/** A document that a caller wants changed. All states are of the current shape; undefined: it does not exist or is deleted. */
export interface PushedDocument {
  readonly collection: Collection;
  readonly caller: Caller;
  /** As it stands. */
  readonly master: ReferenceDocument | undefined;
  readonly pushed: ReferenceDocument | undefined;
  /** Whether what stands is what the caller believed to stand when it made its change. */
  readonly expected: boolean;
}

/**
 * What is to stand after a push. A terminal's change goes through the folds, whatever it had seen. A service client writes as
 * its master does, also deletions, but not over something that it has not seen.
 */
export function foldPushed({ collection, caller, master, pushed, expected }: PushedDocument, nowMs: number): ReferenceDocument | undefined {
  if (caller.kind === "service") {
    if (!expected) return master;
    return pushed === undefined ? undefined : foldWrittenDocument(collection, master, pushed, nowMs);
  }
  if (caller.store === undefined) return master;
  const device = { terminal: caller.name as TerminalId, store: caller.store };
  const said =
    collection === "members" && expected ? withStamps(master as Member | undefined, pushed as Member | undefined, nowMs) : pushed;
  const folded = foldPushedDocument(collection, master, said, device, nowMs);
  return folded.kind === "taken" ? folded.document : master;
}

/**
 * A plain RxDB client stamps nothing. Where nobody changed the member since it looked, what differs is what it changed, and
 * it did so now: after everything that it had seen, whatever the cloud's clock says.
 */
function withStamps(master: Member | undefined, pushed: Member | undefined, nowMs: number): Member | undefined {
  if (master === undefined || pushed === undefined) return pushed;
  if (pushed.stamps !== undefined && JSON.stringify(master.stamps) !== JSON.stringify(pushed.stamps)) return pushed;
  const seenMs = Object.values(master.stamps ?? {}).map((stamp) => decodeHlc(stamp).ms);
  return rewriteMember(master, pushed, hlcOfMs(Math.max(nowMs, ...seenMs.map((ms) => ms + 1))));
}
