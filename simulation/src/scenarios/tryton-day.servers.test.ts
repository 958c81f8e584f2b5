import { tradingDay, type TradingDay } from "@tillsync/examples/pos-generator";
import { testServers, type RunningServer } from "@tillsync/test-servers";
import { describe, expect, test } from "vitest";
import { openTryton } from "../../../apps/cloud-sync/src/connectors/tryton/tryton.ts";
import type { TrytonConfig } from "../../../apps/cloud-sync/src/connectors/tryton/manifest.ts";
import { installServer, named } from "../../../apps/cloud-sync/src/connectors/testing/real-server.ts";
import { NO_FAULTS } from "../chaos/faulty-proxy.ts";
import type { CloudAtWork } from "../destinations/cloud-at-work.ts";
import { compareBooks } from "../destinations/compare-books.ts";
import { bookedDocuments, dayItems } from "../destinations/day-items.ts";
import { runDay, type DayResult, type DayScenario } from "../destinations/run-day.ts";
import { openTrytonBooks } from "../destinations/tryton-books.ts";

/** A document takes Tryton about half a second of both cores: enough for every kind of them, and for both kills. */
const SALES = Number(process.env["TILLSYNC_DAY_SALES"] ?? 60);
/** Several times as long on a machine that has other things to do. */
const DAY_MAX_MS = Math.max(900_000, SALES * 10_000);
/** The day before: Tryton refuses invoices of tomorrow, and a run may pass midnight. */
const BUSINESS_DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const server = testServers["tryton"];
if (server === undefined) throw new Error("there is no server of that name");
const installed = await installServer(server);
const BAD_LINE = { answerLost: 0.01, duplicated: 0.01, requestCut: 0.005, delayed: 0.02, delayMsMax: 200 };

const scenario = (over: Partial<DayScenario> & Pick<DayScenario, "day">): DayScenario => ({
  server,
  folder: installed.folder,
  faults: BAD_LINE,
  kills: 2,
  seed: 7,
  ...over,
});

/** Everything is there once, to the cent: by our documents, by the generator's own books, and by what the connector answers when it is asked. */
async function checkBooks(day: TradingDay, { status, include }: DayResult, running: RunningServer, cloud: CloudAtWork): Promise<void> {
  const books = await openTrytonBooks(running.facts);
  const sales = await books.sales();
  expect(compareBooks(bookedDocuments(dayItems(day.entries, include)), sales.booked)).toEqual([]);
  expect(sales).toMatchObject({ drafts: 0, unpaid: 0 });
  expect(status).toMatchObject({ pending: 0, parked: 0, held: 0, retrying: 0, uncertain: 0 });
  const { net, byTender, quantities } = day.expected.books;
  expect(sales.booked.reduce((sum, { total }) => sum + BigInt(total), 0n).toString()).toBe(net);
  const paid = await books.paidBy();
  expect({ cash: paid["Cash"], card: paid["Card"], giftCard: paid["Gift card"], voucher: paid["Voucher"] }).toEqual(byTender);
  const sold = await books.soldGoods();
  for (const [code, quantity] of Object.entries(sold)) expect(quantity, code).toBeCloseTo(Number(quantities[code] ?? 0), 6);
  const moved = await books.stockDocuments();
  expect([moved.open, new Set(moved.references).size]).toEqual([0, moved.references.length]);
  expect(await cloud.ask(BUSINESS_DAY)).toMatchObject({ equal: true, differences: [], unanswered: 0 });
}

describe.skipIf(installed.missing !== undefined)(named("a real Tryton", installed), () => {
  test(
    "a day through lost, doubled and late answers and two crashes: every document once, to the cent",
    async () => {
      const day = tradingDay({ seed: "tryton", sales: SALES, businessDay: BUSINESS_DAY });
      await runDay(scenario({ day }), async (result, running, cloud) => {
        await checkBooks(day, result, running, cloud);
        expect(result.kills).toBe(2);
        expect(result.faults.answerLost + result.faults.duplicated).toBeGreaterThan(0);
        process.stdout.write(`Tryton: ${result.status.delivered} items in ${result.elapsedMs} ms, ${JSON.stringify(result.faults)}\n`);
      });
    },
    DAY_MAX_MS,
  );

  test("every request comes twice, all day long: every document once, to the cent", async () => {
    const day = tradingDay({ seed: "twice", sales: 5, businessDay: BUSINESS_DAY });
    const twice = scenario({ day, kills: 0, faults: { ...NO_FAULTS, duplicated: 1 } });
    await runDay(twice, (result, running, cloud) => checkBooks(day, result, running, cloud));
  });

  test("negative control: without a look at what stands there, the same check finds doubles", async () => {
    const day = tradingDay({ seed: "blind", sales: 8, businessDay: BUSINESS_DAY });
    const blind = scenario({
      day,
      kills: 0,
      faults: { ...BAD_LINE, answerLost: 0.1, duplicated: 0.1 },
      controls: { lookUp: false },
      openSession: (own, ports) => openTryton(own as TrytonConfig, ports, { dedupe: false }),
    });
    await runDay(blind, async ({ include }, running) => {
      const { booked, drafts } = await (await openTrytonBooks(running.facts)).sales();
      const differences = compareBooks(bookedDocuments(dayItems(day.entries, include)), booked);
      expect(differences.filter(({ kind }) => kind === "doubled").length + drafts).toBeGreaterThan(0);
      expect(differences.map(({ kind }) => kind)).toContain("doubled");
    });
  });
});
