import { assert, type Capture, type NaturalKey } from "@tillsync/sync-protocol";
import { keepDigest, knownDigest } from "../../capture/digest-ledger.ts";
import type { CaptureDeps } from "../../capture/capture-file.ts";
import type { Reader } from "../../capture/reader.ts";
import { keepReader } from "../../capture/readings.ts";
import { HTTP_SOURCE, keepSetAside } from "../../capture/set-aside.ts";
import { noteToldSteps, type FindOrder } from "../../hand-over/note-told-steps.ts";
import { appendMany, type AppendItem, type AppendOutcome } from "../../journal/append-many.ts";
import { epochOf, seqOf } from "../../journal/entry-key.ts";
import { sha256 } from "../../journal/hash.ts";
import type { AgentStore } from "../../store/agent-store.ts";
import { sql } from "../../store/sql.ts";
import type { Row } from "./read-rows.ts";
import { setAsideResult, type RowResult } from "./row-result.ts";

export interface CommitDeps extends CaptureDeps {
  /** The order that a receipt names, as far as it is known here. */
  readonly findOrder: FindOrder;
}

/** One request's rows. */
export interface CaptureJob {
  /** The client's name. */
  readonly client: string;
  readonly reader: Reader;
  readonly rows: readonly Row[];
}

/** In the ledger of contents read: a content that a revision took the place of. */
const SUPERSEDED = sha256("tillsync-http-superseded/1");

interface Known {
  readonly entry_key: number;
  readonly revision: number;
  readonly content_hash: Uint8Array;
}

type Sale = Extract<Row, { kind: "transaction" }>;

/** A row, and what is to be done with it. */
type Slot = { readonly job: CaptureJob; readonly number: number } & (
  | { readonly act: "append"; readonly row: Sale; readonly before: Known | undefined }
  | { readonly act: "known"; readonly row: Sale; readonly before: Known }
  | { readonly act: "set-aside"; readonly row: Row; readonly code: string; readonly detail: string | undefined }
);
type Append = Extract<Slot, { act: "append" }>;

/**
 * Puts the rows of some requests into the journal and into set-aside, all in one commit that is on disk when this
 * returns; only then may any of them be answered. Throws `store.*`; then nothing of it happened and every one of the
 * requests may be sent again. The caller keeps apart requests that hold different contents of one receipt.
 */
export function commitJobs(deps: CommitDeps, jobs: readonly CaptureJob[]): RowResult[][] {
  const { store, findOrder } = deps;
  const results = new Map<Slot, RowResult>();
  const slots = jobs.flatMap((job) => planJob(store, job));
  const appends = slots.filter((slot) => slot.act === "append");
  const items = appends.map(({ job, row }): AppendItem => ({ transaction: row.transaction, capture: captureOf(job) }));
  const alongside = (outcomes: readonly AppendOutcome[]): void => {
    outcomes.forEach((outcome, i) => {
      const slot = appends[i];
      if (slot !== undefined) results.set(slot, settle(store, slot, outcome, findOrder));
    });
    for (const slot of slots) {
      if (slot.act === "known") results.set(slot, repeated(slot.number, slot.row, slot.before, true));
      if (slot.act === "set-aside") results.set(slot, setAside(store, slot, slot.code, slot.detail));
    }
  };
  // The guard may run it twice: the second time takes the place of the first.
  deps.guard.run(() => appendMany(store, items, { alongside }));
  return jobs.map((job) => slots.filter((slot) => slot.job === job).flatMap((slot) => results.get(slot) ?? []));
}

/**
 * What each row asks for. A second content of a receipt in one request is what two receipts under one number look like,
 * and is for a person to see. A content that a later one has taken the place of is a request that comes again late: it
 * turns nothing back.
 */
function planJob(store: AgentStore, job: CaptureJob): Slot[] {
  const contents = new Map<NaturalKey, Buffer>();
  return job.rows.map((row, i): Slot => {
    const at = { job, number: i + 1 };
    if (row.kind === "set-aside") return { ...at, act: "set-aside", row, code: row.code, detail: row.detail };
    const other = contents.get(row.key);
    if (other !== undefined && !other.equals(row.hash))
      return { ...at, act: "set-aside", row, code: "capture.key-conflict", detail: row.key };
    contents.set(row.key, row.hash);
    const before = findReceipt(store, row.key);
    if (before !== undefined && !row.hash.equals(before.content_hash) && knownDigest(store, row.hash, SUPERSEDED) !== undefined)
      return { ...at, act: "known", row, before };
    return { ...at, act: "append", row, before };
  });
}

function settle(store: AgentStore, slot: Append, outcome: AppendOutcome, findOrder: FindOrder): RowResult {
  const { number, row, before } = slot;
  switch (outcome.kind) {
    case "appended": {
      const { revision, epoch, seq } = outcome;
      noteToldSteps(store, { transaction: row.transaction, key: row.key, contentHash: row.hash, epoch, seq }, findOrder);
      if (before !== undefined) keepDigest(store, before.content_hash, SUPERSEDED, 1);
      if (revision === 1) return { row: number, result: "captured", identity: row.key, revision, epoch, seq };
      return { row: number, result: "revision", identity: row.key, revision, epoch, seq };
    }
    case "duplicate":
      return repeated(number, row, findReceipt(store, row.key), false);
    case "conflict":
      return setAside(store, slot, "capture.key-conflict", row.key);
    case "too-large":
      return setAside(store, slot, "capture.limit", "transaction");
  }
}

function repeated(number: number, row: Sale, known: Known | undefined, superseded: boolean): RowResult {
  assert(known !== undefined, "what is repeated is known");
  const { entry_key: key, revision } = known;
  const place = { epoch: epochOf(key), seq: seqOf(key) };
  return { row: number, result: "repeated", identity: row.key, revision, ...(superseded ? { superseded } : {}), ...place };
}

/** Kept as a file's would be: `set-aside list`, `show` and `retry` see no difference. */
function setAside(store: AgentStore, slot: Slot, code: string, detail: string | undefined): RowResult {
  const { reader, client } = slot.job;
  const [start, end] = slot.row.range;
  const bytes = slot.row.masked();
  keepReader(store, reader);
  keepSetAside(store, {
    source: HTTP_SOURCE,
    adapter: reader.adapter,
    name: client,
    code,
    detail,
    range: [0, end - start],
    bytes,
    bytesTotal: end - start,
    reader: reader.fingerprint,
    checkpoint: { offset: 0, state: null },
  });
  return setAsideResult(slot.number, code, detail);
}

const captureOf = ({ reader, client }: CaptureJob): Capture => ({ adapter: reader.label, source: { kind: "http", name: client } });

const findReceipt = (store: AgentStore, key: NaturalKey): Known | undefined =>
  store.prepare<[string], Known>(sql`SELECT entry_key, revision, content_hash FROM receipt WHERE natural_key = ?`).get(key);
