import { epoch as epochNumber, seq as seqNumber, toHex, type Head } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey } from "./entry-key.ts";
import { journalHeads, type LocalHead } from "./journal-heads.ts";
import { readAnchor } from "./read-journal-end.ts";

/** Signs a head with the journal key; `undefined` for an epoch of an earlier key, which is no longer here. */
export type SignExport = (head: LocalHead) => string | undefined;

/**
 * The whole journal as NDJSON: a header; then per epoch a line that says where its entries start, how many follow and
 * which signed head they lead to; then the entries, byte for byte. Whoever has the terminal's public key can check it
 * with the chain alone. It is one snapshot.
 */
export function* exportJournal(
  store: AgentStore,
  terminal: { terminalId: string | null; storeId: string | null },
  sign: SignExport,
): Generator<Uint8Array> {
  store.db.exec("BEGIN");
  try {
    const heads = journalHeads(store);
    yield jsonLine({ tillsyncExport: 1, ...terminal, epochs: heads.length });
    for (const head of heads) yield* exportEpoch(store, head, sign);
  } finally {
    store.db.exec("COMMIT");
  }
}

function* exportEpoch(store: AgentStore, head: LocalHead, sign: SignExport): Generator<Uint8Array> {
  const anchor = readAnchor(store.prepare, head.epoch) ?? { seq: 0, hash: new Uint8Array(0) };
  const after: Head = { seq: seqNumber(anchor.seq), hash: toHex(anchor.hash) };
  const signature = sign(head);
  yield jsonLine({
    journal: {
      epoch: head.epoch,
      journalKey: head.journalKey,
      closed: head.closed,
      after,
      entries: head.seq - anchor.seq,
      head: { seq: head.seq, hash: head.hash, ...(signature === undefined ? {} : { signature }) },
    },
  });
  const lines = store.prepare<[number, number], { line: Uint8Array }>(sql`SELECT line FROM entry WHERE key BETWEEN ? AND ? ORDER BY key`);
  for (const { line } of lines.iterate(entryKey(epochNumber(head.epoch), 0), entryKey(head.epoch + 1, 0) - 1)) {
    yield Buffer.concat([line, LINE_FEED]);
  }
}

const LINE_FEED = Buffer.from("\n");
const jsonLine = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);
