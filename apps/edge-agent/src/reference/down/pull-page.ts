import {
  positionAt,
  PULL_DOCUMENTS_MAX,
  pullAnswerSchema,
  REFERENCE_PATHS,
  type Checkpoint,
  type Collection,
  type PullAnswer,
  type Scope,
} from "@tillsync/sync-protocol";
import { ANSWER_DEADLINE_MS, CHUNK_IDLE_MS, PAGE_BYTES_MAX, PAGE_DOCUMENTS_MIN } from "../limits.ts";
import { applyInSlices } from "../store/apply-in-slices.ts";
import { checkpointOf, markFresh, markLoaded, movePosition } from "../store/positions.ts";
import type { ReferenceFile, ReferenceStore } from "../store/reference-store.ts";
import { beginAgain, endAgain } from "../store/begin-again.ts";
import type { IncomingDocument } from "../store/write-documents.ts";
import { LineFailed } from "./line-failed.ts";
import type { DownLine } from "./open-down-line.ts";

export interface PullDeps {
  readonly store: ReferenceStore;
  readonly line: DownLine;
  readonly scopes: readonly Scope[];
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
  /** Documents of the next page; smaller on a slow line. Kept by the caller between pages. */
  readonly size: { documents: number };
}

/**
 * Pulls one page of a collection and applies it, its positions with the last documents. `end`: the collection is as the
 * cloud has it. Throws `LineFailed`, `store.*`.
 */
export async function pullPage(deps: PullDeps, collection: Collection): Promise<"more" | "end"> {
  const { store, scopes, size } = deps;
  const begun = store.file;
  const asked = checkpointOf(begun, collection);
  const limit = size.documents;
  const answer = await askPage(deps, collection, asked, limit);
  const back = scopes.filter((scope) => positionAt(answer.checkpoint, scope) < positionAt(asked, scope));
  // A cloud that was restored from a backup stands before us: its versions count from there again.
  if (back.length > 0 && store.file === begun) beginAgain(store, collection, back);
  const ended = answer.more !== true && answer.documents.length < limit;
  const incoming = incomingOf(answer, scopes);
  let i = 0;
  await applyInSlices(store, collection, () => incoming[i++], {
    ...deps,
    begun,
    finish: (file) => {
      moveAll(file, collection, answer.checkpoint);
      if (!ended) return;
      endAgain(file, collection);
      markLoaded(file, collection, scopes);
      markFresh(file, collection, store.now());
    },
  });
  return ended ? "end" : "more";
}

async function askPage(
  { line, signal, size }: PullDeps,
  collection: Collection,
  checkpoint: Checkpoint,
  limit: number,
): Promise<PullAnswer> {
  const query = new URLSearchParams({ checkpoint: JSON.stringify(checkpoint), limit: String(limit) });
  try {
    const body = await line.getJson({
      path: `${REFERENCE_PATHS.pull(collection)}?${query.toString()}`,
      idleMs: CHUNK_IDLE_MS,
      deadlineMs: ANSWER_DEADLINE_MS,
      bytesMax: PAGE_BYTES_MAX,
      signal,
    });
    size.documents = Math.min(PULL_DOCUMENTS_MAX, limit * 2);
    const parsed = pullAnswerSchema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new LineFailed({ code: "wire.malformed", detail: `${collection}: ${parsed.error.issues[0]?.path.join(".") ?? ""}` });
  } catch (error) {
    if (error instanceof LineFailed && (error.code === "wire.deadline" || error.code === "wire.too-large"))
      size.documents = Math.max(PAGE_DOCUMENTS_MIN, Math.floor(limit / 2));
    throw error;
  }
}

function incomingOf({ documents, scopes: lives }: PullAnswer, visible: readonly Scope[]): readonly IncomingDocument[] {
  return documents.map((document, i) => {
    const scope = lives?.[i];
    if (scope === undefined || !visible.includes(scope))
      throw new LineFailed({ code: "wire.malformed", detail: "a document of a scope that this terminal does not see" });
    return { document, text: JSON.stringify(document), scope };
  });
}

function moveAll(file: ReferenceFile, collection: Collection, checkpoint: Checkpoint): void {
  for (const [scope, position] of Object.entries(checkpoint) as [Scope, number][]) movePosition(file, collection, scope, position);
}
