import { capturedTransactionSchema, decodeHlc, entryEnvelopeSchema } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { TILLS_MAX, type DevicesAnswer } from "../window-api/day.ts";
import { eachTillReceipt, type TillDayName, type TillReceipt } from "./till-receipts.ts";

type Device = DevicesAnswer["devices"][number];

/**
 * The tills that receipts came from, with the last one of each. Looked up in the receipts of each till's latest day, so that
 * a sale pays nothing for it. A till whose entries are pruned is listed without times.
 */
export async function readDevices(store: AgentStore): Promise<DevicesAnswer> {
  const tills = store
    .prepare<[number], TillDayName>(
      sql`SELECT store, workstation, max(business_day) AS businessDay FROM day_total WHERE transactions > 0
          GROUP BY store, workstation ORDER BY store, workstation LIMIT ?`,
    )
    .all(TILLS_MAX);
  const devices: Device[] = [];
  for (const till of tills) devices.push(await readDevice(store, till));
  return { devices };
}

async function readDevice(store: AgentStore, till: TillDayName): Promise<Device> {
  let last: TillReceipt | undefined;
  let lastSale: TillReceipt | undefined;
  await eachTillReceipt(store, till, (receipt) => {
    if (last === undefined || receipt.entry_key > last.entry_key) last = receipt;
    if (receipt.counts === 1 && (lastSale === undefined || receipt.entry_key > lastSale.entry_key)) lastSale = receipt;
  });
  // A receipt where there is one; a till that was only opened is told of by that.
  const receipt = lastSale ?? last;
  const named = { store: till.store, workstation: till.workstation };
  const entry = receipt === undefined ? undefined : readEntry(store, receipt.entry_key);
  if (receipt === undefined || entry === undefined) return { ...named, lastReceiptAt: null, lastCapturedAtMs: null, source: null };
  return { ...named, ...entry, source: sourceOf(store, receipt.reading) ?? entry.source };
}

function readEntry(store: AgentStore, key: number): Pick<Device, "lastReceiptAt" | "lastCapturedAtMs" | "source"> | undefined {
  const row = store.prepare<[number], { line: Uint8Array }>(sql`SELECT line FROM entry WHERE key = ?`).get(key);
  if (row === undefined) return undefined;
  const envelope = entryEnvelopeSchema.safeParse(JSON.parse(Buffer.from(row.line).toString("utf8")));
  const captured = capturedTransactionSchema.safeParse(envelope.data?.body);
  if (!envelope.success || !captured.success) return undefined;
  const { capture, transaction } = captured.data;
  return {
    lastReceiptAt: (transaction.end ?? transaction.begin)?.local ?? null,
    lastCapturedAtMs: decodeHlc(envelope.data.hlc).ms,
    source: capture.source.name,
  };
}

/** The configured source that a pass over a file belongs to. */
const sourceOf = (store: AgentStore, reading: number): string | undefined =>
  store.prepare<[number], { source: string }>(sql`SELECT source FROM reading WHERE id = ?`).get(reading)?.source;
