import { naturalKey, type RetailTransaction } from "@tillsync/sync-protocol";
import { tradingDay, type DayEntry, type TradingDay } from "@tillsync/examples/pos-generator";
import { testServers } from "@tillsync/test-servers";
import { describe, expect, test } from "vitest";
import { vendureConfigSchema } from "../../../apps/cloud-sync/src/connectors/vendure/manifest.ts";
import { vendure } from "../../../apps/cloud-sync/src/connectors/vendure/vendure.ts";
import { installServer, named } from "../../../apps/cloud-sync/src/connectors/testing/real-server.ts";
import type { ConnectorPorts, ConnectorSession } from "../../../apps/cloud-sync/src/connectors/connector.ts";
import { NO_FAULTS } from "../chaos/faulty-proxy.ts";
import { compareBooks } from "../destinations/compare-books.ts";
import { bookedDocuments, dayItems } from "../destinations/day-items.ts";
import { runDay } from "../destinations/run-day.ts";
import { openVendureBooks } from "../destinations/vendure-books.ts";

const SALES = Number(process.env["TILLSYNC_DAY_SALES"] ?? "300");
const STORE = "0301";
const BUSINESS_DAY = "2026-11-20";
const server = testServers["vendure"];
if (server === undefined) throw new Error("no test server for Vendure");
const installed = await installServer(server);
const { folder } = installed;

const BAD_LINE = { answerLost: 0.02, duplicated: 0.02, requestCut: 0.01, delayed: 0.05, delayMsMax: 300 };

describe.skipIf(installed.missing !== undefined)(named("a real Vendure", installed), () => {
  test(`a day of ${SALES} sales stands in Vendure once, to the cent, through lost answers, doubled requests and two kills`, async () => {
    const day = tradingDay({ seed: "vendure", sales: SALES, store: STORE, businessDay: BUSINESS_DAY });
    const before = await stockAtStart();
    await runDay(
      { server, folder, day, faults: BAD_LINE, kills: 2, seed: 7, destination: { include: ["sales"] } },
      async (result, running) => {
        expect(result).toMatchObject({ kills: 2, status: { parked: 0, held: 0, uncertain: 0, retrying: 0, pending: 0 } });
        expect(result.faults.answerLost, "the line was bad").toBeGreaterThan(0);
        const books = openVendureBooks(running.facts);
        const standing = await books.standing();
        const expected = bookedDocuments(dayItems(day.entries, result.include));
        expect(compareBooks(expected, standing.booked)).toEqual([]);
        expect(standing).toMatchObject({ unfinished: 0, stray: 0 });
        // Each is a draft that was opened once more than anyone heard of.
        expect(standing.empty).toBeLessThanOrEqual(
          result.faults.answerLost + result.faults.duplicated + result.faults.requestCut + result.kills * 16,
        );
        const net = expected.reduce((sum, document) => sum + BigInt(document.total), 0n);
        expect(net.toString()).toBe(day.expected.books.net);
        const after = await books.stock(STORE);
        expect(after.allocated).toBe(0);
        for (const [sku, onHand] of Object.entries(after.onHand))
          expect([sku, (before[sku] ?? 0) - onHand]).toEqual([sku, unitsOut(day, sku)]);
        console.log(
          `Vendure: ${expected.length} documents in ${result.elapsedMs} ms, ${standing.empty} empty drafts, ${JSON.stringify(result.faults)}`,
        );
      },
    );
  });

  test("negative control: a connector that names every attempt anew doubles orders, and the same comparison says so", async () => {
    const whole = tradingDay({ seed: "control", sales: 30, store: STORE });
    const entries = whole.entries.filter(({ kind, revision }) => kind === "sale" && revision === 1);
    const faults = { ...NO_FAULTS, answerLost: 0.15 };
    const scenario = { server, folder, day: { ...whole, entries }, faults, kills: 0, seed: 3, destination: { include: ["sales"] } };
    await runDay({ ...scenario, openSession: openForgetful }, async (result, running) => {
      const standing = await openVendureBooks(running.facts).standing();
      const differences = compareBooks(bookedDocuments(dayItems(entries, result.include)), standing.booked);
      expect(differences.some(({ kind }) => kind === "doubled")).toBe(true);
    });
  });
});

/** Every attempt bears a name of its own, and nothing is looked up: neither field nor look-up can keep a repeat out. */
function openForgetful(own: Readonly<Record<string, unknown>>, ports: ConnectorPorts): ConnectorSession {
  const session = vendure.open(vendureConfigSchema.parse(own), ports);
  let attempts = 0;
  return {
    send: (item, context) =>
      session.send({ ...item, transaction: item.transaction, identity: `${item.identity}~${(attempts += 1)}` }, context),
    close: () => session.close(),
  };
}

async function stockAtStart(): Promise<Record<string, number>> {
  const running = await server?.start(folder, {});
  if (running === undefined) throw new Error("no server");
  const { onHand } = await openVendureBooks(running.facts).stock(STORE);
  await running.stop();
  return onHand;
}

/** Whole units that left the store for good. What came back without a receipt is in no order, and does not raise stock. */
function unitsOut(day: TradingDay, sku: string): number {
  const withoutReceipt = standingLines(day, "blindReturn").filter((line) => line.itemId === sku);
  return Number(day.expected.books.quantities[sku] ?? "0") - withoutReceipt.reduce((sum, line) => sum + Number(line.quantity.value), 0);
}

const standingLines = (day: TradingDay, kind: DayEntry["kind"]): RetailTransaction["lines"] => {
  const keys = new Set(day.expected.books.standing.filter((receipt) => receipt.kind === kind).map((receipt) => receipt.naturalKey));
  return day.expected.books.standing
    .filter(({ transaction }) => keys.has(naturalKey(transaction.identity)))
    .flatMap(({ transaction }) => transaction.lines);
};
