import type { Checkpoint, WireDocument } from "@tillsync/sync-protocol";
import type { RxCollection } from "rxdb";
import { replicateRxCollection, type RxReplicationState } from "rxdb/plugins/replication";
import { Subject } from "rxjs";
import type { LiveCollection } from "./live-collections.ts";
import type { LivePorts } from "./ports.ts";
import { askUntilAnswered, codeOf, isRefusal, isWorthAsking, RETRY_MOST_MS } from "./retry.ts";

/** Documents of one pull: few enough to be applied within a frame. */
const PULL_BATCH = 100;
/** RxDB keeps a trace of every deleted document, and a smaller one of every change: past these a picture is made anew. */
export const BURIED_MAX = 2_000;
export const TAKEN_MAX = 20_000;

/** What became of a change. `standing`: how the document stands instead; `code`: why, where the agent says so. */
export type PushOutcome =
  | { readonly kind: "taken" }
  | { readonly kind: "not-taken"; readonly standing: WireDocument | undefined; readonly code?: string }
  | { readonly kind: "unknown" };

export interface ReplicateDeps {
  readonly ports: LivePorts;
  readonly signal: AbortSignal;
  /** The agent cannot say what was missed: everything is to be forgotten and loaded again. */
  readonly onUnknown: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly onAnswer: () => void;
  readonly onPushed: (id: string, outcome: PushOutcome) => void;
}

export interface Replicated {
  readonly replication: RxReplicationState<WireDocument, Checkpoint>;
  /** How far the collection has been pulled. */
  readonly checkpoint: () => Checkpoint;
  /** It has taken up so much that its traces in memory are worth a new beginning. */
  readonly isWorn: () => boolean;
  /** Pulls what is new; resolves when a pull has come to its end. */
  readonly pullAgain: () => Promise<void>;
}

/** Joins a collection to the agent: RxDB's own replication, over the window's port. `push`: local changes are sent. */
export function replicate(deps: ReplicateDeps, name: LiveCollection, collection: RxCollection<WireDocument>, push: boolean): Replicated {
  const changes = new Subject<"RESYNC">();
  const ends = new Set<() => void>();
  const onEnd = (): void => {
    for (const end of ends) end();
    ends.clear();
  };
  deps.signal.addEventListener("abort", onEnd, { once: true });
  const pulled = createPull(deps, name, onEnd);
  const replication = replicateRxCollection<WireDocument, Checkpoint>({
    collection,
    replicationIdentifier: name,
    live: true,
    // Failures are asked again below, with a cap and jitter; RxDB's own pause is only for errors of this page.
    retryTime: RETRY_MOST_MS,
    toggleOnDocumentVisible: false,
    pull: { batchSize: PULL_BATCH, stream$: changes.asObservable(), handler: pulled.handler },
    ...(push ? { push: { batchSize: 1, handler: (rows) => pushRow(deps, name, rows) } } : {}),
  });
  return {
    replication,
    checkpoint: pulled.checkpoint,
    isWorn: pulled.isWorn,
    pullAgain: () =>
      new Promise((resolve) => {
        if (deps.signal.aborted) return resolve();
        ends.add(resolve);
        changes.next("RESYNC");
      }),
  };
}

type Pull = (checkpoint: Checkpoint | undefined, limit: number) => Promise<{ documents: WireDocument[]; checkpoint: Checkpoint }>;

function createPull(
  { ports, signal, onAnswer, onFailure, onUnknown }: ReplicateDeps,
  name: LiveCollection,
  onEnd: () => void,
): { handler: Pull; checkpoint: () => Checkpoint; isWorn: () => boolean } {
  const known = new Set<string>();
  let at: Checkpoint = {};
  let [buried, taken] = [0, 0];
  const ask = (checkpoint: Checkpoint, limit: number) =>
    askUntilAnswered(() => ports.agent.ask("reference-pull", { collection: name, checkpoint, limit }), {
      ports,
      signal,
      onFailure,
      again: (error) => codeOf(error) !== "reference.checkpoint-unknown",
    });
  /** Tombstones of what this window never had are left out: fewer documents than asked for still mean that this is all for now. */
  const pull: Pull = async (checkpoint, limit) => {
    const documents: WireDocument[] = [];
    let reached = checkpoint ?? {};
    for (let more = true; more && documents.length < limit;) {
      const wanted = limit - documents.length;
      const answer = await ask(reached, wanted);
      for (const document of answer.documents) {
        if (document._deleted && !known.has(document.id)) continue;
        if (document._deleted) buried += known.delete(document.id) ? 1 : 0;
        else known.add(document.id);
        documents.push(document);
      }
      taken += answer.documents.length;
      reached = { ...reached, ...answer.checkpoint };
      more = answer.more === true || answer.documents.length >= wanted;
    }
    return { documents, checkpoint: reached };
  };
  return {
    handler: async (checkpoint, limit) => {
      try {
        const answer = await pull(checkpoint, limit);
        at = answer.checkpoint;
        onAnswer();
        if (answer.documents.length < limit) onEnd();
        return answer;
      } catch {
        // The end of this picture: it is closed, or replaced by one that is loaded from the start. To RxDB it is as if nothing had come.
        if (!signal.aborted) onUnknown();
        return { documents: [], checkpoint: checkpoint ?? {} };
      }
    },
    checkpoint: () => at,
    // Loading them all is no wear.
    isWorn: () => buried > BURIED_MAX || taken > TAKEN_MAX + 2 * known.size,
  };
}

interface PushRow {
  readonly assumedMasterState?: WireDocument | undefined;
  readonly newDocumentState: WireDocument;
}

/** One change at a time, so that it is clear which of them the agent speaks of. A refusal puts the row back to how it stands. */
async function pushRow(deps: ReplicateDeps, name: LiveCollection, rows: readonly PushRow[]): Promise<WireDocument[]> {
  const { ports, signal, onAnswer, onFailure, onPushed } = deps;
  const id = rows[0]?.newDocumentState.id ?? "";
  try {
    const standing = await askUntilAnswered(() => ports.agent.ask("reference-push", { collection: name, rows: [...rows] }), {
      ports,
      signal,
      onFailure,
      again: isWorthAsking,
    });
    onAnswer();
    onPushed(id, standing[0] === undefined ? { kind: "taken" } : { kind: "not-taken", standing: standing[0] });
    return standing;
  } catch (error) {
    if (signal.aborted) return [];
    const before = rows.flatMap(({ assumedMasterState }) => assumedMasterState ?? []);
    onPushed(id, isRefusal(error) ? { kind: "not-taken", standing: before[0], code: codeOf(error) } : { kind: "unknown" });
    return before;
  }
}
