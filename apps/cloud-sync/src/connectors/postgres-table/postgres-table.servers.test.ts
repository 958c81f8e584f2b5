import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { testServers, type RunningServer } from "@tillsync/test-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { picture, until } from "../../destinations/testing/run-dispatcher.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { dispatchTo, logDay } from "../testing/dispatch-to.ts";
import { makeItem } from "../testing/make-item.ts";
import { installServer, named, START_MAX_MS } from "../testing/real-server.ts";
import { postgresTableConfigSchema } from "./manifest.ts";
import { postgresTable } from "./postgres-table.ts";

const installed = await installServer(testServers["postgres"]!);

describe.skipIf(installed.missing !== undefined)(named("a real warehouse", installed), () => {
  let server: RunningServer;
  let db: Database;
  let table: string;
  beforeAll(async () => {
    server = await testServers["postgres"]!.start(installed.folder, {});
    db = await openTestDatabase();
  }, START_MAX_MS);
  afterAll(async () => {
    await server.stop();
    await db.close();
  });
  beforeEach(() => {
    table = `t_${randomBytes(4).toString("hex")}`;
  });

  async function ask<Row>(text: string): Promise<Row[]> {
    const client = new Client({ connectionString: String(server.facts["url"]) });
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  const destination = (extra: object = {}): Record<string, unknown> => ({ ...server.destination, table, ...extra });
  const open = (extra: object = {}) => {
    const { name, kind, ...own } = destination(extra);
    expect([name, kind]).toEqual(["warehouse", "postgres-table"]);
    return postgresTable.open(postgresTableConfigSchema.parse(own), testPorts());
  };

  async function restart(): Promise<void> {
    await server.kill();
    server = await testServers["postgres"]!.start(installed.folder, { keepState: true, port: Number(server.facts["port"]) });
  }

  test("a warehouse that is killed twice in the middle holds every revision once, with the log's sums", async () => {
    const log = await logDay(db, 1_500);
    const run = await dispatchTo(db, destination({ lines: true, tenders: true }), { batchItemsMax: 50, paceMs: 20 });
    for (const share of [0.2, 0.6]) {
      await until(db, (now) => now.delivered > log.length * share, 180_000);
      await restart();
    }
    await until(db, (now) => now.delivered === log.length && now.exceptions === 0, 180_000);
    await run.stop();
    // The kills were felt: statements failed or were left without an answer.
    expect((run.seen.get("theirs") ?? 0) + (run.seen.get("uncertain") ?? 0)).toBeGreaterThan(0);
    const cents = log.reduce((sum, one) => sum + one.grand, 0n);
    expect(
      await ask(`SELECT count(*)::int AS n, count(DISTINCT identity)::int AS ids, (sum(grand) * 100)::bigint::text AS cents FROM ${table}`),
    ).toEqual([{ n: log.length, ids: log.length, cents: cents.toString() }]);
    expect(await ask(`SELECT (sum(extended) * 100)::bigint::text AS lines FROM ${table}_lines`)).toEqual([{ lines: cents.toString() }]);
    expect(await ask(`SELECT (sum(amount) * 100)::bigint::text AS tenders FROM ${table}_tenders`)).toEqual([{ tenders: cents.toString() }]);
    const known = new Set((await ask<{ identity: string }>(`SELECT identity FROM ${table}`)).map((row) => row.identity));
    expect(log.filter((one) => !known.has(one.identity))).toEqual([]);
    // Negative control: the sums notice one row that is there twice.
    await ask(`INSERT INTO ${table} SELECT identity || 'x', natural_key || 'x', revision, store, terminal, received_at, pos_store, workstation,
    business_day, sequence, type, status, counts, currency, grand, document FROM ${table} LIMIT 1`);
    expect(await ask(`SELECT (sum(grand) * 100)::bigint::text AS cents FROM ${table}`)).not.toEqual([{ cents: cents.toString() }]);
    expect(await picture(db)).toMatchObject({ delivered: log.length, exceptions: 0 });
  });

  test("several workers may create the tables at once", async () => {
    const sessions = Array.from({ length: 6 }, () => open({ lines: true }));
    const results = await Promise.all(sessions.map((session, i) => session.send(makeItem({ identity: `tx_${i}` }), noContext)));
    expect(results.map((result) => result.kind)).toEqual(Array.from({ length: 6 }, () => "delivered"));
    await Promise.all(sessions.map((session) => session.close()));
  });

  test("what the server says is classed: log-in, database, schema, right, lock", async () => {
    await ask("CREATE ROLE poor LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    const url = String(server.facts["url"]);
    const cases = [
      [{ url: url.replace("tillsync@", "nobody@") }, "SQLSTATE 28000"],
      [{ url: url.replace("/postgres", "/missing") }, "SQLSTATE 3D000"],
      [{ schema: "missing" }, "SQLSTATE 3F000"],
      [{ url: url.replace("tillsync@", "poor@") }, "SQLSTATE 42501"],
    ] as const;
    for (const [extra, detail] of cases) {
      const session = open(extra);
      expect(await session.send(makeItem(), noContext)).toEqual({ kind: "set-up", detail });
      expect(await session.probe?.()).toMatchObject({ kind: "set-up" });
      await session.close();
    }
    const session = open({ timeoutMs: 300 });
    expect(await session.probe?.()).toMatchObject({ kind: "ready", detail: expect.stringContaining("will be created") });
    const strict = open({ createTables: false });
    expect(await strict.probe?.()).toMatchObject({ kind: "set-up", detail: expect.stringContaining("there is no") });
    await strict.close();
    await session.send(makeItem(), noContext);
    expect(await session.probe?.()).toMatchObject({ kind: "ready", detail: expect.stringContaining("is there") });
    const reader = open({ url: url.replace("tillsync@", "poor@") });
    expect(await reader.probe?.()).toMatchObject({ kind: "set-up", detail: expect.stringContaining("may not read and write") });
    await reader.close();
    const locker = new Client({ connectionString: url });
    await locker.connect();
    await locker.query(`BEGIN; LOCK TABLE ${table}`);
    // The server gave up, not we: it is certain that nothing was stored.
    expect(await session.send(makeItem({ identity: "tx_2" }), noContext)).toMatchObject({
      kind: "theirs",
      detail: expect.stringMatching(/57014|55P03/),
    });
    await locker.end();
    expect(await session.send(makeItem({ identity: "tx_2" }), noContext)).toEqual({ kind: "delivered" });
    expect(await session.lookUp?.(makeItem({ identity: "tx_2" }), noContext)).toMatchObject({
      kind: "found",
      total: { amount: "1250", currency: "USD" },
    });
    await session.close();
  });

  test("delivered means on the disk, whatever the database's default is; a closed line cuts its statement", async () => {
    await ask("ALTER DATABASE postgres SET synchronous_commit = off");
    const session = open();
    await session.send(makeItem(), noContext);
    await ask(`CREATE FUNCTION ${table}_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.terminal := current_setting('synchronous_commit'); RETURN NEW; END $$;
    CREATE TRIGGER note BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_note()`);
    await session.send(makeItem({ identity: "tx_2" }), noContext);
    expect(await ask(`SELECT terminal FROM ${table} WHERE identity = 'tx_2'`)).toEqual([{ terminal: "on" }]);
    await ask("ALTER DATABASE postgres RESET synchronous_commit");
    const locker = new Client({ connectionString: String(server.facts["url"]) });
    await locker.connect();
    await locker.query(`BEGIN; LOCK TABLE ${table}`);
    const cut = session.send(makeItem({ identity: "tx_3" }), noContext);
    await testPorts().sleep(100);
    await session.close();
    expect(await cut).toMatchObject({ kind: "uncertain" });
    await locker.end();
  });
});
