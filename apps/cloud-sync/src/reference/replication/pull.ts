import { positionAt, type Checkpoint, type Collection, type Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { documentLines } from "./document-line.ts";
import { PAGE_BYTES_MAX } from "./page.ts";
import type { PageStore } from "./page-store.ts";
import { readHeads } from "./read-heads.ts";

export interface PullDeps {
  readonly db: Queryable;
  readonly pages: PageStore;
}

export interface Pull {
  readonly collection: Collection;
  /** What the caller sees, in the order in which it gets it. */
  readonly scopes: readonly Scope[];
  readonly checkpoint: Checkpoint;
  readonly limit: number;
}

/**
 * The documents behind a checkpoint, as the text of a `PullAnswer`: scope by scope, each in its order, with the state that
 * each document has now. Nothing is left out: what is not in this answer lies behind its checkpoint. A document may come twice
 * where it moved between two scopes that the caller sees; both times it is the same.
 *
 * A position past the scope's head is one of a cloud that was restored from an older backup: the scope begins anew.
 */
export async function pullDocuments(deps: PullDeps, pull: Pull): Promise<string> {
  const { collection, scopes, checkpoint, limit } = pull;
  const heads = new Map((await readHeads(deps.db, [collection], scopes)).map(({ scope, head }) => [scope, head]));
  const visible = new Set(scopes);
  const reached: Record<Scope, number> = {};
  const documents: string[] = [];
  const lives: Scope[] = [];
  let [bytes, more] = [0, false];
  for (const scope of scopes) {
    const head = heads.get(scope) ?? 0;
    const asked = positionAt(checkpoint, scope);
    const from = asked > head ? 0 : asked;
    reached[scope] = from;
    if (from === head || more || documents.length === limit) continue;
    const page = await deps.pages.get({ collection, scope, from, limit: limit - documents.length }, head);
    if (documents.length > 0 && bytes + page.bytes > PAGE_BYTES_MAX) {
      more = true;
      continue;
    }
    const lines = documentLines(page.rows, scope, visible);
    documents.push(...lines.documents);
    lives.push(...lines.scopes);
    bytes += page.bytes;
    reached[scope] = page.to;
    more = page.more && documents.length < limit;
  }
  const cut = more ? `,"more":true` : "";
  return `{"documents":[${documents.join(",")}],"checkpoint":${JSON.stringify(reached)},"scopes":${JSON.stringify(lives)}${cut}}`;
}
