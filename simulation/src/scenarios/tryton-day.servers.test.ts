import { tradingDay } from "@tillsync/examples/pos-generator";
import { testServers } from "@tillsync/test-servers";
import { describe, expect, test } from "vitest";
import { openTryton } from "../../../apps/cloud-sync/src/connectors/tryton/tryton.ts";
import type { TrytonConfig } from "../../../apps/cloud-sync/src/connectors/tryton/manifest.ts";
import { installServer, named } from "../../../apps/cloud-sync/src/connectors/testing/real-server.ts";
import { compareBooks } from "../destinations/compare-books.ts";
import { bookedDocuments, dayItems } from "../destinations/day-items.ts";
import { runDay, type DayScenario } from "../destinations/run-day.ts";
import { openTrytonBooks } from "../destinations/tryton-books.ts";

const SALES = Number(process.env["TILLSYNC_DAY_SALES"] ?? 100);
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

describe.skipIf(installed.missing !== undefined)(named("a real Tryton", installed), () => {
  test("a day into Tryton through lost, doubled and late answers and two crashes: every document once, to the cent", async () => {
    const day = tradingDay({ seed: "tryton", sales: SALES, businessDay: BUSINESS_DAY });
    await runDay(scenario({ day }), async ({ status, faults, kills, include, elapsedMs }, running, cloud) => {
      const items = dayItems(day.entries, include);
      const books = await openTrytonBooks(running.facts);
      const sales = await books.sales();
      process.stdout.write(`${JSON.stringify({ items: items.length, elapsedMs, faults, kills, status })}\n`);
      expect(compareBooks(bookedDocuments(items), sales.booked)).toEqual([]);
      expect(sales).toMatchObject({ drafts: 0, unpaid: 0 });
      expect(status).toMatchObject({ delivered: items.length, parked: 0, held: 0, uncertain: 0 });
      expect(kills).toBe(2);
      expect(faults.answerLost).toBeGreaterThan(0);
      expect(faults.duplicated).toBeGreaterThan(0);
      // The generator's own books: net, by tender, and goods.
      const { net, byTender, quantities } = day.expected.books;
      expect(sales.booked.reduce((sum, { total }) => sum + BigInt(total), 0n).toString()).toBe(net);
      const paid = await books.paidBy();
      expect({ cash: paid["Cash"], card: paid["Card"], giftCard: paid["Gift card"], voucher: paid["Voucher"] }).toEqual(byTender);
      const sold = await books.soldGoods();
      for (const [code, quantity] of Object.entries(sold)) expect(quantity, code).toBeCloseTo(Number(quantities[code] ?? 0), 6);
      expect((await books.stockDocuments()).open).toBe(0);
      expect(await cloud.ask(BUSINESS_DAY)).toMatchObject({ equal: true, differences: [], unanswered: 0 });
    });
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
