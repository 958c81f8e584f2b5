import {
  ALL,
  SCHEMA_VERSIONS,
  readDocument,
  storeScope,
  TillsyncError,
  type Collection,
  type DocumentId,
  type DocumentPush,
  type ReferenceDocument,
  type Scope,
  type WireDocument,
} from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { BackgroundLog } from "../../subscribers/ports.ts";
import { announceHeads } from "../announce-heads.ts";
import { wrongWithPersonal } from "../feed/looks-personal.ts";
import { documentText } from "../document-text.ts";
import { lockDocuments } from "../lock-documents.ts";
import { writeDocuments, type DocumentChange } from "../write-documents.ts";
import type { Caller } from "./caller.ts";
import { documentLine } from "./document-line.ts";
import { foldPushed } from "./fold-pushed.ts";
import type { PageRow } from "./page.ts";

export interface PushDeps {
  readonly db: Database;
  readonly log: BackgroundLog;
  readonly now: () => number;
}

type PushRow = DocumentPush[number];
type Standing = Omit<PageRow, "position">;

/** What becomes of one row: a change to write, and the state to answer with where it is not what was pushed. */
interface Outcome {
  readonly change?: DocumentChange;
  readonly refused?: { readonly id: DocumentId; readonly standing: Standing | undefined };
}

/**
 * Takes rows of RxDB's push: each is decided against what stands, under the documents' locks, in one transaction. Answers
 * the text of `documentConflictsSchema`: the state of every document that is not as it was pushed. A row that came before is
 * taken again without effect. One that is not what its collection takes is not taken, and holds up no other.
 * Throws `wire.malformed`, `reference.not-writable`, `db.unavailable`.
 */
export async function pushDocuments(deps: PushDeps, caller: Caller, collection: Collection, rows: DocumentPush): Promise<string> {
  const ids = rows.map((row) => row.newDocumentState.id);
  if (new Set(ids).size !== ids.length) throw new TillsyncError("wire.malformed", "a document twice");
  if (rows.length === 0) return "[]";
  const { heads, lines } = await deps.db.transaction(async (tx) => {
    await lockDocuments(
      tx,
      ids.map((id) => ({ collection, id })),
    );
    const standing = await readStanding(tx, collection, ids);
    const outcomes = rows.map((row) => decideRow(deps, caller, collection, row, standing.get(row.newDocumentState.id)));
    const changes = outcomes.flatMap(({ change }) => (change === undefined ? [] : [change]));
    const heads = await writeDocuments(tx, changes, deps.now());
    const refused = outcomes.flatMap((outcome) => outcome.refused ?? []);
    const after = await readStanding(
      tx,
      collection,
      refused.map(({ id }) => id),
    );
    return { heads, lines: refused.map(({ id }) => answerLine(caller, collection, id, after.get(id))) };
  });
  await announceHeads(deps.db, heads);
  return `[${lines.join(",")}]`;
}

async function readStanding(tx: Queryable, collection: Collection, ids: readonly DocumentId[]): Promise<Map<string, Standing>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<Standing>(sql`
    SELECT id, scope, version, schema_version AS "schemaVersion", body::text AS body FROM reference_document
    WHERE collection = ${collection} AND id = ANY (${ids}::text[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Where the caller may not see the document, it is gone for it. */
function answerLine(caller: Caller, collection: Collection, id: DocumentId, standing: Standing | undefined): string {
  const none: Standing = { id, scope: ALL, version: 1, schemaVersion: SCHEMA_VERSIONS[collection], body: null };
  return documentLine(standing ?? none, standing !== undefined && caller.scopes.includes(standing.scope));
}

function decideRow(deps: PushDeps, caller: Caller, collection: Collection, row: PushRow, standing: Standing | undefined): Outcome {
  const { id } = row.newDocumentState;
  const refused = { refused: { id, standing } };
  if (standing !== undefined && !caller.scopes.includes(standing.scope)) return refused;
  const pushed = readState(deps, collection, row.newDocumentState);
  if (pushed === "wrong") return refused;
  const master = standing === undefined ? undefined : readStored(collection, standing);
  const assumed = row.assumedMasterState === undefined ? undefined : readState(deps, collection, row.assumedMasterState);
  if (same(master, pushed)) return {};
  const expected = assumed !== "wrong" && same(unstamped(master), unstamped(assumed));
  const folded = foldPushed({ collection, caller, master, pushed, expected }, deps.now());
  const scope = standing !== undefined && master !== undefined ? standing.scope : scopeOfNew(caller, folded);
  if (scope === undefined) return refused;
  const change = same(master, folded) ? {} : { change: { collection, id, scope, fields: folded } };
  // Stamps alone are no conflict: a client that changes its document again meanwhile would lose that to them. It hears of them by pulling.
  return same(unstamped(folded), unstamped(pushed)) ? change : { ...change, ...refused };
}

/** A new document lives where its author is; head office's own are for everyone. An order belongs to the store that it names. */
function scopeOfNew(caller: Caller, fields: ReferenceDocument | undefined): Scope | undefined {
  const named = fields !== undefined && "storeId" in fields ? fields.storeId : caller.store;
  if (caller.store !== undefined && named !== caller.store) return undefined;
  return named === undefined ? ALL : storeScope(named);
}

const same = (a: ReferenceDocument | undefined, b: ReferenceDocument | undefined): boolean =>
  a === undefined || b === undefined ? a === b : documentText(a) === documentText(b);

/** Stamps are the cloud's own bookkeeping: a client that keeps none has still seen what stands. */
function unstamped(fields: ReferenceDocument | undefined): ReferenceDocument | undefined {
  if (fields === undefined || !("stamps" in fields)) return fields;
  const { stamps: _stamps, ...rest } = fields;
  return rest;
}

const readStored = (collection: Collection, standing: Standing): ReferenceDocument | undefined =>
  standing.body === null
    ? undefined
    : readDocument(collection, {
        ...(JSON.parse(standing.body) as WireDocument),
        schemaVersion: standing.schemaVersion,
        version: 1,
        _deleted: false,
      });

/** A state that a caller sent. What it says of versions is not read: contents decide, since they survive every route. */
function readState(deps: PushDeps, collection: Collection, state: PushRow["newDocumentState"]): ReferenceDocument | undefined | "wrong" {
  if (state._deleted) return undefined;
  const personal = wrongWithPersonal(collection, state);
  if (personal !== undefined) {
    deps.log.warn({ collection, code: "reference.personal-data", detail: personal }, "a pushed document may not hold what it holds");
    return "wrong";
  }
  try {
    return readDocument(collection, { ...state, version: 1 });
  } catch (error) {
    if (!(error instanceof TillsyncError)) throw error;
    deps.log.warn({ collection, code: error.code, detail: error.detail }, "a pushed document is not what its collection takes");
    return "wrong";
  }
}
