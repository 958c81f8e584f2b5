import {
  BATCH_BYTES_MAX,
  BATCH_ENTRIES_MAX,
  decideHello,
  fromHex,
  genesisHash,
  IN_FLIGHT_MAX,
  TillsyncError,
  toHex,
  WIRE_VERSION,
  type Hello,
  type HelloAck,
  type JournalHead,
} from "@tillsync/sync-protocol";
import type { CloudDeps } from "../deps.ts";
import { sql } from "../db/sql.ts";
import type { Device } from "../devices/authenticate.ts";
import { hashPair } from "./hash-pair.ts";
import { readVerdicts } from "./read-verdicts.ts";
import { recordFork } from "./record-fork.ts";
import { reissueVerdicts } from "./reissue-verdicts.ts";

/** A hundred thousand years: past it the figure says no more than "wrong", and it must stay an exact number. */
const CLOCK_OFFSET_MAX_MS = 1e15;

interface KnownJournals {
  readonly store: HelloAck["store"];
  readonly lastVerdict: number;
  readonly keys: readonly { first_epoch: number; journal_thumbprint: string }[];
  readonly journals: readonly { epoch: number; seq: HelloAck["journals"][number]["seq"]; hash: Uint8Array }[];
}

/**
 * Tells a terminal how far the cloud has each of its journals. After a restore from an older backup that is simply less
 * than before, and the terminal sends again from there. Its clock is noted and never judged.
 * Throws `wire.version`, `auth.forbidden`.
 */
export async function answerHello(deps: CloudDeps, device: Device, hello: Hello): Promise<HelloAck> {
  if (!hello.versions.includes(WIRE_VERSION)) throw new TillsyncError("wire.version", `this is version ${WIRE_VERSION}`);
  const known = await readKnown(deps, hello.terminal);
  if (known?.store !== device.store) throw new TillsyncError("auth.forbidden", `terminal ${hello.terminal}`);
  const nowMs = deps.now();
  if (hello.terminal === device.terminal) {
    await noteSeen(deps, hello, nowMs);
    if (hello.verdictsAfter > known.lastVerdict) await reissueVerdicts(deps.db, hello.terminal, hello.verdictsAfter, nowMs);
  }
  const journals: JournalHead[] = [];
  for (const named of hello.journals) journals.push(await answerJournal(deps, device, hello, named, known));
  return {
    version: WIRE_VERSION,
    store: known.store,
    serverTimeMs: nowMs,
    journals,
    maxEpoch: Math.max(0, ...known.journals.map((journal) => journal.epoch)) as HelloAck["maxEpoch"],
    limits: { batchEntriesMax: BATCH_ENTRIES_MAX, batchBytesMax: BATCH_BYTES_MAX, inFlightMax: IN_FLIGHT_MAX },
    ...(await readVerdicts(deps.db, hello.terminal, hello.verdictsAfter)),
  };
}

async function readKnown(deps: CloudDeps, terminal: string): Promise<KnownJournals | undefined> {
  const terminals = await deps.db.query<Pick<KnownJournals, "store" | "lastVerdict">>(sql`
    SELECT store_id AS store, next_verdict - 1 AS "lastVerdict" FROM terminal WHERE terminal_id = ${terminal}`);
  if (terminals[0] === undefined) return undefined;
  return {
    ...terminals[0],
    keys: await deps.db.query(sql`
      SELECT first_epoch, journal_thumbprint FROM terminal_key WHERE terminal_id = ${terminal} ORDER BY first_epoch DESC`),
    journals: await deps.db.query(sql`SELECT epoch, seq, hash FROM journal WHERE terminal_id = ${terminal}`),
  };
}

function noteSeen(deps: CloudDeps, hello: Hello, nowMs: number): Promise<unknown> {
  const offsetMs = Math.min(Math.max(hello.wallMs - nowMs, -CLOCK_OFFSET_MAX_MS), CLOCK_OFFSET_MAX_MS);
  return deps.db.query(sql`
    UPDATE terminal SET last_seen_ms = ${nowMs}::bigint, agent_version = ${hello.agentVersion}, clock_offset_ms = ${offsetMs}::bigint
    WHERE terminal_id = ${hello.terminal}`);
}

async function answerJournal(
  deps: CloudDeps,
  device: Device,
  hello: Hello,
  named: JournalHead,
  known: KnownJournals,
): Promise<JournalHead> {
  const key = known.keys.find((candidate) => candidate.first_epoch <= named.epoch);
  if (key === undefined) throw new TillsyncError("auth.forbidden", `epoch ${named.epoch} is before the terminal's first`);
  const held = known.journals.find((journal) => journal.epoch === named.epoch);
  const heldHead = held && { seq: held.seq, hash: toHex(held.hash) };
  const genesis = { seq: 0 as JournalHead["seq"], hash: toHex(genesisHash(hashPair, key.journal_thumbprint, named.epoch)) };
  const { head, seen } = decideHello(named, heldHead, genesis);
  const where = { terminal: hello.terminal, epoch: named.epoch, seq: named.seq };
  if (seen === "ahead")
    deps.log.info({ ...where, heldSeq: head.seq }, "the cloud has more of a journal than its terminal: a disk was restored");
  if (seen === "fork" && held !== undefined) {
    deps.log.warn({ ...where, carrier: device.terminal }, "a journal forked: a disk was restored or copied");
    await recordFork(deps.db, { ...where, heldHash: held.hash, offeredHash: fromHex(named.hash), carrier: device.terminal }, deps.now());
  }
  return { epoch: named.epoch, ...head };
}
