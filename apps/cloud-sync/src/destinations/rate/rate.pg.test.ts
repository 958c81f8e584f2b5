import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database, Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { systemPorts } from "../../subscribers/ports.ts";
import { createSeal } from "../seal.ts";
import { credentialOf, openRate } from "./open-rate.ts";

const seal = createSeal(Buffer.alloc(32, 3));
const erp = { kind: "webhook", own: { url: "https://erp.example/hook", secret: "whsec_a" }, secretFields: ["secret"] };

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
});
afterEach(() => db.close());

/** Counts statements. */
function counted(): Database & { count: number } {
  const counting = {
    ...db,
    count: 0,
    transaction: <T>(work: (tx: Queryable) => Promise<T>) =>
      db.transaction((tx) =>
        work({
          ...tx,
          query: (statement) => {
            counting.count += 1;
            return tx.query(statement);
          },
        }),
      ),
  };
  return counting;
}

test("two processes with one credential stay within its rate together, for a few statements a second", async () => {
  const rule = { perSecond: 40, burst: 20 };
  const databases = [counted(), counted()];
  const processes = databases.map((one) => openRate(one, seal, erp, rule, systemPorts));
  const sentAt: number[] = [];
  const startedMs = performance.now();
  const senders = processes.flatMap(({ permit }) =>
    Array.from({ length: 4 }, async () => {
      while (performance.now() - startedMs < 2_000) if (await permit(1_000)) sentAt.push(performance.now());
    }),
  );
  await Promise.all(senders);
  const seconds = (performance.now() - startedMs) / 1_000;
  for (const permits of processes) permits.close();
  // What was granted may be used up to half a second later.
  for (const from of sentAt) expect(sentAt.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(20 + 40 * 1.5 + 1);
  expect(sentAt.length).toBeGreaterThan(40 * 2 * 0.6);
  for (const { count } of databases) expect(count / seconds).toBeLessThan(10);
});

test("a refusal that one process met is there for the next, with its pause; another credential is not touched", async () => {
  const [here, there] = [openRate(db, seal, erp, undefined, systemPorts), openRate(db, seal, erp, undefined, systemPorts)];
  const other = openRate(db, seal, { ...erp, own: { ...erp.own, secret: "whsec_b" } }, undefined, systemPorts);
  expect(await here.permit(100)).toBe(true);
  here.noteRate({ kind: "limited", retryAfterMs: 60_000 });
  for (let tries = 0; tries < 500 && (await rows())[0]?.blocked !== true; tries++) await systemPorts.sleep(5);
  expect(await there.permit(5_000)).toBe(false);
  expect(await other.permit(100)).toBe(true);
  for (const permits of [here, there, other]) permits.close();
});

const rows = () =>
  db.query<{ credential: string; blocked: boolean }>(sql`
    SELECT credential, blocked_until_ms > (extract(epoch FROM now()) * 1000)::bigint AS blocked FROM rate_budget ORDER BY blocked DESC`);

test("a credential is named by kind, host and secrets, and its name tells nothing of them", async () => {
  const name = credentialOf(seal, erp);
  expect(credentialOf(seal, { ...erp, own: { ...erp.own, url: "https://erp.example/other", timeoutMs: 5 } })).toBe(name);
  for (const other of [
    { ...erp, kind: "square" },
    { ...erp, own: { ...erp.own, url: "https://oms.example/hook" } },
    { ...erp, own: { ...erp.own, secret: "whsec_b" } },
  ])
    expect(credentialOf(seal, other)).not.toBe(name);
  expect(credentialOf(createSeal(Buffer.alloc(32, 4)), erp)).not.toBe(name);
});
