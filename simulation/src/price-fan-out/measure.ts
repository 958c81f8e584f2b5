import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { addServiceClient } from "../../../apps/cloud-sync/src/service-clients/add-service-client.ts";
import { followPrices, type PriceReader } from "./follow-prices.ts";
import { beginStuckUpload, closeLines, sendBacklog, type Upload } from "./send-backlog.ts";
import { openShopTerminals, type ShopSize } from "./shop-terminals.ts";

export interface PriceFanOut extends ShopSize {
  /** Prices changed, one after the other. */
  readonly changes: number;
}

/** What came of it. Times are from before the price was sent to the cloud until the terminal had it. */
export interface PriceFanOutResult {
  readonly terminals: number;
  /** Arrivals that had to be, and were: every change at every terminal. */
  readonly expected: number;
  readonly arrived: number;
  readonly arrivedLive: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How long the cloud took to answer a price change. */
  readonly putMaxMs: number;
  /** Batches acknowledged while prices changed, and terminals whose backlog had not ended when the last price arrived. */
  readonly batchesMeanwhile: number;
  readonly drainingAtEnd: number;
  readonly askedToWait: number;
  /** The upload that was begun before the first change was still unfinished after the last one. */
  readonly stuckThroughout: boolean;
}

/** Longer than what is to be shown, so that what is late is measured and not only missing. */
const ARRIVAL_MAX_MS = 20_000;
const BETWEEN_CHANGES_MS = 500;
/** Until everybody's upload is under way. */
const WARM_UP_MS = 3_000;
const OPENED_AT_ONCE = 50;

/**
 * Connected terminals that all drain a backlog, but one whose upload is stuck, while prices change: how long each change
 * takes to each of them. `url` and `db` are one running cloud.
 */
export async function measurePriceFanOut(
  url: string,
  db: Database,
  work: PriceFanOut,
  progress: (line: string) => void,
): Promise<PriceFanOutResult> {
  const terminals = await openShopTerminals(db, url, work);
  progress(`${terminals.length} terminals with ${work.batches} batches of ${work.entries} entries each`);
  const wanted = { name: `prices-${randomBytes(4).toString("hex")}`, may: ["reference:write" as const], store: undefined, who: "bench" };
  const { token } = await addServiceClient(db, { ...wanted, nowMs: Date.now(), randomBytes: (count) => randomBytes(count) });
  const readers: PriceReader[] = [];
  for (let first = 0; first < terminals.length; first += OPENED_AT_ONCE)
    readers.push(...(await Promise.all(terminals.slice(first, first + OPENED_AT_ONCE).map((one) => followPrices(url, one, {})))));
  progress(`${readers.length} streams are open`);
  const [stuckTerminal, ...draining] = terminals;
  if (stuckTerminal === undefined) throw new Error("no terminals");
  const stuck = await beginStuckUpload(url, stuckTerminal);
  const stop = new AbortController();
  const uploads: Upload[] = draining.map(() => ({ acknowledged: 0, asked: 0 }));
  const drains = Promise.all(draining.map((one, i) => sendBacklog(url, one, uploads[i] ?? { acknowledged: 0, asked: 0 }, stop.signal)));
  drains.catch(() => undefined);
  try {
    await delay(WARM_UP_MS);
    const before = acknowledged(uploads);
    const timed = await changePrices(url, token, readers, work.changes);
    const after = acknowledged(uploads);
    const drainingAtEnd = uploads.filter((upload) => upload.acknowledged < work.batches).length;
    stop.abort();
    await drains;
    const latencies = timed.latencies.toSorted((a, b) => a - b);
    const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
    return {
      terminals: terminals.length,
      expected: terminals.length * work.changes,
      arrived: latencies.length,
      arrivedLive: readers.reduce((sum, reader) => sum + reader.live, 0),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      putMaxMs: timed.putMaxMs,
      batchesMeanwhile: after - before,
      drainingAtEnd,
      askedToWait: uploads.reduce((sum, upload) => sum + upload.asked, 0),
      stuckThroughout: stuck.open(),
    };
  } finally {
    stop.abort();
    stuck.end();
    for (const reader of readers) reader.end();
    closeLines();
  }
}

const acknowledged = (uploads: readonly Upload[]): number => uploads.reduce((sum, upload) => sum + upload.acknowledged, 0);

async function changePrices(
  url: string,
  token: string,
  readers: readonly PriceReader[],
  changes: number,
): Promise<{ latencies: number[]; putMaxMs: number }> {
  const latencies: number[] = [];
  let putMaxMs = 0;
  for (let n = 0; n < changes; n += 1) {
    const amount = String(100 + n);
    const sentMs = performance.now();
    await putPrice(url, token, amount);
    putMaxMs = Math.max(putMaxMs, performance.now() - sentMs);
    const has = (reader: PriceReader): boolean => reader.prices.get("price-1")?.amount === amount;
    while (performance.now() - sentMs < ARRIVAL_MAX_MS && !readers.every(has)) await delay(5);
    for (const reader of readers) if (has(reader)) latencies.push((reader.prices.get("price-1")?.atMs ?? Number.NaN) - sentMs);
    await delay(BETWEEN_CHANGES_MS);
  }
  return { latencies, putMaxMs };
}

async function putPrice(url: string, token: string, amount: string): Promise<void> {
  const answer = await fetch(`${url}/v1/reference/prices?scope=all`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
    body: `${JSON.stringify({ id: "price-1", itemId: "item-1", currency: "EUR", exponent: 2, amount })}\n`,
  });
  const report = (await answer.json()) as { accepted?: number };
  if (report.accepted !== 1) throw new Error(`the price was not taken: ${answer.status} ${JSON.stringify(report)}`);
}
