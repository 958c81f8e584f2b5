import { randomBytes } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import {
  capturedTransactionSchema,
  encodeBatch,
  encodeEntry,
  encodeHlc,
  PATHS,
  type StoreId,
  type TerminalId,
} from "@tillsync/sync-protocol";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { createEnrolCode } from "../../../apps/cloud-sync/src/devices/create-enrol-code.ts";
import { TestTerminal } from "../../../apps/cloud-sync/src/testing/test-terminal.ts";
import { createSales } from "../../../bench/src/sales/sales.ts";

/** One simulated terminal: real keys, a real journal, and batches of it that are ready to go. */
export interface ShopTerminal {
  readonly name: string;
  readonly batches: readonly Buffer[];
  /** `Authorization` of its next request. */
  authorization(): Promise<string>;
}

export interface ShopSize {
  readonly terminals: number;
  readonly stores: number;
  readonly batches: number;
  readonly entries: number;
}

const PROOF_REUSED_MS = 60_000;
const ENROLLED_AT_ONCE = 16;
/** Different sales; every terminal rings them under its own name. */
const SALES = 500;

/** Enrols terminals over HTTP and writes a backlog into the journal of each. */
export async function openShopTerminals(db: Database, url: string, size: ShopSize): Promise<ShopTerminal[]> {
  const generator = createSales();
  const sales = Array.from({ length: SALES }, () => JSON.stringify(capturedTransactionSchema.parse(generator.next())));
  const all: ShopTerminal[] = [];
  for (let first = 0; first < size.terminals; first += ENROLLED_AT_ONCE) {
    const some = Array.from({ length: Math.min(ENROLLED_AT_ONCE, size.terminals - first) }, (_, i) => first + i);
    all.push(...(await Promise.all(some.map((n) => openTerminal(db, url, n, size, sales)))));
  }
  return all;
}

async function openTerminal(db: Database, url: string, n: number, size: ShopSize, sales: readonly string[]): Promise<ShopTerminal> {
  const terminal = new TestTerminal();
  const name = `till-${n}` as TerminalId;
  const store = `S${n % size.stores}` as StoreId;
  const wanted = { terminal: name, store, nowMs: Date.now(), randomBytes: (count: number) => randomBytes(count) };
  const { code } = await createEnrolCode(db, wanted);
  const answer = await fetch(`${url}${PATHS.enrol}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(terminal.enrolRequest(code)),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { audience } = (await answer.json()) as { audience: string };
  terminal.name = name;
  terminal.audience = audience;
  let [proof, signedMs] = ["", 0];
  return {
    name,
    batches: await writeBacklog(terminal, n, size, sales),
    authorization: async () => {
      if (Date.now() - signedMs > PROOF_REUSED_MS) [proof, signedMs] = [await terminal.proof(Date.now()), Date.now()];
      return proof;
    },
  };
}

async function writeBacklog(terminal: TestTerminal, n: number, size: ShopSize, sales: readonly string[]): Promise<Buffer[]> {
  const chain = await terminal.chain();
  const batches: Buffer[] = [];
  for (let first = 1; first <= size.batches * size.entries; first += size.entries) {
    const last = first + size.entries - 1;
    for (let seq = first; seq <= last; seq += 1) {
      const sale = (sales[seq % sales.length] ?? "").replace(/"sequence":"[^"]*"/, `"sequence":"${n}-${seq}"`);
      const entry = {
        seq,
        hlc: encodeHlc({ ms: Date.now(), counter: seq % 1_000 }),
        type: "transaction" as const,
        body: JSON.parse(sale) as unknown,
      };
      chain.addLine(Buffer.from(encodeEntry(entry)));
    }
    batches.push(zstdCompressSync(encodeBatch(chain.header(first, last), chain.lines.slice(first - 1, last))));
    // Sent and forgotten: a thousand journals in plain text would be gigabytes.
    for (let seq = first; seq <= last; seq += 1) chain.lines[seq - 1] = new Uint8Array();
  }
  return batches;
}
