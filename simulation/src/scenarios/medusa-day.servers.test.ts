import { tradingDay } from "@tillsync/examples/pos-generator";
import { testServers } from "@tillsync/test-servers";
import { describe, expect, test } from "vitest";
import type { ConnectorPorts, ConnectorSession } from "../../../apps/cloud-sync/src/connectors/connector.ts";
import { planMovements } from "../../../apps/cloud-sync/src/connectors/loyalty/plan-movements.ts";
import { medusaConfigSchema } from "../../../apps/cloud-sync/src/connectors/medusa/manifest.ts";
import { medusa } from "../../../apps/cloud-sync/src/connectors/medusa/medusa.ts";
import { installServer, named } from "../../../apps/cloud-sync/src/connectors/testing/real-server.ts";
import { categoryOf } from "../../../apps/cloud-sync/src/transactions/category.ts";
import { NO_FAULTS } from "../chaos/faulty-proxy.ts";
import { compareBooks } from "../destinations/compare-books.ts";
import { bookedDocuments, dayItems } from "../destinations/day-items.ts";
import { openMedusaBooks } from "../destinations/medusa-books.ts";
import { runDay } from "../destinations/run-day.ts";

/** Fetching Medusa costs 680 MB and minutes: it is asked for, by a number of sales. */
const asked = process.env["TILLSYNC_MEDUSA_SALES"];
const SALES = Number(asked ?? "30");
const STORE = "0301";
const BUSINESS_DAY = "2026-11-20";
const server = testServers["medusa"];
if (server === undefined) throw new Error("no test server for Medusa");
const installed = asked === undefined ? { folder: "", missing: "TILLSYNC_MEDUSA_SALES is not set" } : await installServer(server);
const { folder } = installed;

const BAD_LINE = { ...NO_FAULTS, answerLost: 0.02, requestCut: 0.01, delayed: 0.05, delayMsMax: 300 };
/** Longer than anything that Medusa may still be at work on: what an answer that never came is waited for. */
const QUICK = { baseMs: 200, capMs: 2_000, breakerCapMs: 1_000, probeMs: 1_000, maxAttempts: 200, settleMs: 2_000 };

describe.skipIf(installed.missing !== undefined)(named("a real Medusa", installed), { timeout: 600_000 }, () => {
  test(`a day of ${SALES} sales stands in Medusa once, to the cent, and so do its points, through lost answers and two kills`, async () => {
    const whole = tradingDay({ seed: "medusa", sales: SALES, store: STORE, businessDay: BUSINESS_DAY });
    // The kills are spread over what is delivered: nothing else of the day counts.
    const day = { ...whole, entries: whole.entries.filter(({ transaction }) => categoryOf(transaction) === "sales") };
    const destination = { include: ["sales"], retry: QUICK };
    await runDay({ server, folder, day, faults: BAD_LINE, kills: 2, seed: 11, destination }, async (result, running, cloud) => {
      expect(result).toMatchObject({ kills: 2, status: { parked: 0, held: 0, uncertain: 0, retrying: 0, pending: 0 } });
      expect(result.faults.answerLost, "the line was bad").toBeGreaterThan(0);
      const books = openMedusaBooks(running.facts);
      const standing = await books.standing();
      const items = dayItems(day.entries, result.include);
      const expected = bookedDocuments(items);
      expect(compareBooks(expected, standing.booked)).toEqual([]);
      expect(standing).toMatchObject({ unfinished: [], stray: 0 });
      const net = expected.reduce((sum, document) => sum + BigInt(document.total), 0n);
      expect(net.toString()).toBe(day.expected.books.net);
      const accounts = running.facts["accounts"] as Record<string, string>;
      const { notes } = await books.ledger(accounts);
      const movements = items.flatMap((item) => planMovements(item)).map(({ reference }) => reference);
      expect(notes.filter((note) => note !== "opening").toSorted()).toEqual(movements.toSorted());
      const asking = await cloud.ask(BUSINESS_DAY);
      expect(asking).toMatchObject({ equal: true, unanswered: 0 });
      console.log(
        `Medusa: ${expected.length} documents, ${movements.length} movements in ${result.elapsedMs} ms, ${JSON.stringify(result.faults)}`,
      );
    });
  });

  test("negative control: a connector that names every attempt anew doubles orders, and the same comparison says so", async () => {
    const whole = tradingDay({ seed: "control", sales: 8, store: STORE });
    const entries = whole.entries.filter(({ kind, revision }) => kind === "sale" && revision === 1);
    const faults = { ...NO_FAULTS, answerLost: 0.08 };
    const destination = { include: ["sales"], points: "none", retry: QUICK };
    const scenario = { server, folder, day: { ...whole, entries }, faults, kills: 0, seed: 3, destination };
    await runDay({ ...scenario, openSession: openForgetful }, async (result, running) => {
      const standing = await openMedusaBooks(running.facts).standing();
      const differences = compareBooks(bookedDocuments(dayItems(entries, result.include)), standing.booked);
      expect(differences.some(({ kind }) => kind === "doubled")).toBe(true);
    });
  });
});

/** Every attempt bears a name of its own, and nothing is looked up. */
function openForgetful(own: Readonly<Record<string, unknown>>, ports: ConnectorPorts): ConnectorSession {
  const session = medusa.open(medusaConfigSchema.parse(own), ports);
  let attempts = 0;
  return {
    send: (item, context) =>
      session.send({ ...item, transaction: item.transaction, identity: `${item.identity}~${(attempts += 1)}` }, context),
    lookUp: () => Promise.resolve({ kind: "absent" }),
    close: () => session.close(),
  };
}
