import {
  decidePush,
  fromHex,
  genesisHash,
  TillsyncError,
  toHex,
  verifyBatch,
  type KnownHead,
  type OfferedBatch,
  type PushAck,
  type PushHeader,
} from "@tillsync/sync-protocol";
import type { CloudDeps } from "../deps.ts";
import type { Queryable } from "../db/database.ts";
import type { Device } from "../devices/authenticate.ts";
import { checkHeadSignature, findJournalKey, type JournalOwner } from "../devices/find-journal-key.ts";
import { appendSegment } from "../event-log/append.ts";
import { hashAt } from "../event-log/hash-at.ts";
import { entriesTopic } from "../event-log/wake.ts";
import { hashPair } from "./hash-pair.ts";
import type { JournalPlace, JournalQueue } from "./journal-queue.ts";
import { lockHead } from "./lock-head.ts";
import { readBatch, type BodyEncoding } from "./read-batch.ts";
import { readVerdicts } from "./read-verdicts.ts";
import { recordFork } from "./record-fork.ts";

export type IngestDeps = CloudDeps & { readonly journals: JournalQueue };

/** A batch that is proven: its chain leads to a head that its terminal signed. */
interface ProvenBatch {
  readonly header: PushHeader;
  readonly owner: JournalOwner;
  readonly offered: OfferedBatch;
  readonly genesis: Uint8Array;
  readonly body: Uint8Array;
  readonly encoding: BodyEncoding;
  readonly plainBytes: number;
}

type Accepted = Pick<PushAck, "outcome" | "head" | "maxEpoch">;

/**
 * Takes a batch of a journal: checks who sent it, its framing, its chain and its head's signature, stores it, and only
 * then answers. The entries themselves are not read: what one means is for the log's subscribers, so that a bad one never
 * stops a journal. Order of things: checked before the transaction, decided under the journal's lock, on disk before the
 * answer. A repeat of any of it answers `duplicate` and changes nothing.
 * Throws `auth.forbidden`, `wire.malformed`, `wire.too-large`, `ingest.*`, `db.unavailable`.
 */
export async function acceptBatch(deps: IngestDeps, device: Device, body: Uint8Array, encoding: BodyEncoding): Promise<PushAck> {
  const batch = await proveBatch(deps, device, body, encoding);
  const { header, owner } = batch;
  const done = deps.pressure.enter(header.count);
  const place = deps.journals.enter(`${header.terminal}#${header.epoch}`);
  try {
    const accepted = await storeInOrder(deps, device, batch, place);
    if (accepted.outcome === "stored") deps.wake.notify(entriesTopic(owner.shard));
    const verdicts =
      owner.lastVerdict > header.verdictsAfter
        ? await readVerdicts(deps.db, header.terminal, header.verdictsAfter)
        : { verdicts: [], verdictsMore: false };
    return { ...accepted, serverTimeMs: deps.now(), ...verdicts };
  } finally {
    place.leave();
    done();
  }
}

async function proveBatch(deps: IngestDeps, device: Device, body: Uint8Array, encoding: BodyEncoding): Promise<ProvenBatch> {
  const { batch, plainBytes } = readBatch(body, encoding);
  const { header } = batch;
  const owner = await findJournalKey(deps.db, header.terminal, header.epoch);
  // A device carries its own journals and those of its store; whether others exist is not for it to know.
  if (owner?.store !== device.store) throw new TillsyncError("auth.forbidden", `journal ${header.terminal}`);
  const hashes = verifyBatch(hashPair, batch);
  checkHeadSignature(owner, { epoch: header.epoch, ...header.head });
  const genesis = genesisHash(hashPair, owner.journalThumbprint, header.epoch);
  const offered = { firstSeq: header.firstSeq, previousHash: fromHex(header.previousHash), hashes };
  return { header, owner, offered, genesis, body, encoding, plainBytes };
}

/** Two batches in flight may overtake each other: the later one waits for the earlier, then is tried once more. */
async function storeInOrder(deps: IngestDeps, device: Device, batch: ProvenBatch, place: JournalPlace): Promise<Accepted> {
  const store = async (): Promise<Accepted> => {
    const accepted = await deps.db.transaction((tx) => storeBatch(tx, deps, device, batch));
    place.advanced(accepted.head.seq);
    return accepted;
  };
  const first = await store();
  if (first.outcome !== "gap") return first;
  return (await place.reached(batch.header.firstSeq - 1)) ? store() : first;
}

async function storeBatch(tx: Queryable, deps: IngestDeps, device: Device, batch: ProvenBatch): Promise<Accepted> {
  const { header, offered } = batch;
  const nowMs = deps.now();
  const head = await lockHead(tx, header, batch.genesis, nowMs);
  const { decision, known } = await decide(tx, head, batch);
  const answer = (outcome: PushAck["outcome"], at: KnownHead = head): Accepted => ({
    outcome,
    head: { seq: at.seq as PushAck["head"]["seq"], hash: toHex(at.hash) },
    maxEpoch: head.maxEpoch,
  });
  switch (decision.outcome) {
    case "stored":
      return answer("stored", await append(tx, batch, head, decision.fromIndex, nowMs));
    case "fork": {
      const offeredHash = offered.hashes[known.seq - offered.firstSeq] ?? offered.previousHash;
      const offeredHead = {
        seq: header.head.seq,
        hash: fromHex(header.head.hash),
        signature: Buffer.from(header.head.signature, "base64url"),
      };
      const where = { terminal: header.terminal, epoch: header.epoch, seq: known.seq };
      await recordFork(tx, { ...where, heldHash: known.hash, offeredHash, offeredHead, carrier: device.terminal }, nowMs);
      deps.log.warn({ ...where, carrier: device.terminal }, "a journal forked: a disk was restored or copied");
      return answer("fork");
    }
    case "foreign":
      throw new TillsyncError("ingest.chain-broken", `epoch ${header.epoch} does not start from its genesis`);
    case "duplicate":
    case "gap":
      return answer(decision.outcome);
  }
}

type Decision = Exclude<ReturnType<typeof decidePush>, { outcome: "needHash" }>;

/** `known` is the point at which both histories were compared. */
async function decide(tx: Queryable, head: KnownHead, batch: ProvenBatch): Promise<{ decision: Decision; known: KnownHead }> {
  const decision = decidePush(head, batch.offered);
  if (decision.outcome !== "needHash") return { decision, known: head };
  const known = { seq: decision.seq, hash: await hashAt(tx, hashPair, batch.header, decision.seq) };
  return { decision: decidePush(head, batch.offered, known) as Decision, known };
}

async function append(tx: Queryable, batch: ProvenBatch, head: KnownHead, fromIndex: number, nowMs: number): Promise<KnownHead> {
  const { header, owner, encoding, plainBytes, body } = batch;
  const lastHash = fromHex(header.head.hash);
  await appendSegment(tx, {
    shard: owner.shard,
    terminal: header.terminal,
    epoch: header.epoch,
    firstSeq: header.firstSeq + fromIndex,
    entries: header.count - fromIndex,
    previousHash: head.hash,
    lastHash,
    headSignature: Buffer.from(header.head.signature, "base64url"),
    encoding,
    plainBytes,
    skipLines: 1 + fromIndex,
    body,
    receivedAtMs: nowMs,
  });
  return { seq: header.head.seq, hash: lastHash };
}
