import { collections, type Collection, type StreamEvent } from "@tillsync/sync-protocol";
import { FRESH_KEPT_EVERY_MS, RETRY_FIRST_MS, STREAM_GOOD_MS } from "../limits.ts";
import { adoptedScopes } from "../store/adopt-scopes.ts";
import { applyNow } from "../store/apply-in-slices.ts";
import { writeReference } from "../store/in-reference.ts";
import { checkpointOf, markFresh, movePosition, positionsOf } from "../store/positions.ts";
import { isLoaded, keepTrying, markDirty, pause, type Down } from "./down.ts";
import { followStream } from "./follow-stream.ts";
import { LineFailed } from "./line-failed.ts";

/**
 * The live stream, until the run ends. Its documents are applied at once, also while the first load goes on: the
 * version decides. Positions move only where nothing lies between; otherwise the collection is pulled.
 */
export function runStream(down: Down): Promise<void> {
  const kept = { atMs: Number.NEGATIVE_INFINITY };
  return keepTrying(down, "stream", async () => {
    const restart = new AbortController();
    down.restartStream = () => restart.abort();
    const checkpoints = Object.fromEntries(collections.map((collection) => [collection, checkpointOf(down.store.file, collection)]));
    const begunMs = down.ports.monotonicMs();
    try {
      await followStream({
        line: down.line,
        signal: AbortSignal.any([down.signal, restart.signal]),
        checkpoints,
        onOpen: () => {
          down.live = true;
          down.failing.delete("stream");
        },
        onEvent: (event) => hear(down, event),
        onBeat: () => beat(down, kept),
      });
    } catch (error) {
      const good = down.live && down.ports.monotonicMs() - begunMs >= STREAM_GOOD_MS && error instanceof LineFailed;
      if (!good && !restart.signal.aborted) throw error;
    } finally {
      if (down.live) down.bells.pull.ring();
      down.live = false;
      down.restartStream = () => undefined;
    }
    await pause(down, RETRY_FIRST_MS * 2 * down.ports.random());
  });
}

function hear(down: Down, event: StreamEvent | undefined): void {
  if (event === undefined || event.kind === "resync") return markDirty(down, ...collections);
  const { collection, scope, to } = event;
  const file = down.store.file;
  if (file !== down.file || !adoptedScopes(file).includes(scope)) return;
  const known = positionsOf(file, collection).find((one) => one.scope === scope);
  if (to <= (known?.position ?? 0)) return;
  if (event.kind === "changed") return markDirty(down, collection);
  const follows = known?.base === undefined && event.from <= (known?.position ?? 0);
  const incoming = event.documents.map((document, i) => ({ document, text: JSON.stringify(document), scope: event.scopes?.[i] ?? scope }));
  applyNow(down.store, collection, incoming, (writing) => {
    if (follows) movePosition(writing, collection, scope, to);
  });
  if (follows) down.asOf.set(collection, down.ports.wallMs());
  else markDirty(down, collection);
}

/** All that changed until now was told: what was loaded and is not to be pulled is as the cloud has it. */
function beat(down: Down, kept: { atMs: number }): void {
  const nowMs = down.ports.wallMs();
  const fresh = collections.filter((collection) => !down.dirty.has(collection) && isLoaded(down, collection));
  for (const collection of fresh) down.asOf.set(collection, nowMs);
  if (down.ports.monotonicMs() - kept.atMs < FRESH_KEPT_EVERY_MS) return;
  kept.atMs = down.ports.monotonicMs();
  keepFresh(down, fresh, nowMs);
}

const keepFresh = (down: Down, fresh: readonly Collection[], nowMs: number): void =>
  writeReference(down.store, (file) => {
    for (const collection of fresh) markFresh(file, collection, nowMs);
  });
