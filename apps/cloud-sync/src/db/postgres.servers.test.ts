import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { openPostgres } from "./postgres.ts";
import { sql } from "./sql.ts";
import { openExternalDatabase, TEST_PG_URL, type ExternalDatabase } from "./testing/open-external-database.ts";

const log = pino({ level: "silent" });

/** A wire to the server that the test can cut. */
async function openWire(target: URL): Promise<{ url: string; cut(): void; reset(): void; mend(): void; close(): void }> {
  const sockets = new Set<Socket>();
  let whole = true;
  const wire = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    if (!whole) near.destroy();
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((wire.address() as AddressInfo).port);
  const cut = (): void => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return { url: url.href, cut, reset, mend: () => (whole = true), close: () => (cut(), wire.close()) };
}

describe.skipIf(TEST_PG_URL === undefined)("an external PostgreSQL (needs a server at TEST_PG_URL)", () => {
  let external: ExternalDatabase;
  beforeAll(async () => {
    external = await openExternalDatabase();
  });
  afterAll(() => external.drop());

  test("a lost connection is db.unavailable, and the next one works without a restart", async () => {
    const wire = await openWire(new URL(external.url));
    const db = await openPostgres({ url: wire.url }, log);
    const heard: string[] = [];
    await db.listen("test", (payload) => heard.push(payload));
    const one = () => db.query<{ one: number }>(sql`SELECT 1 AS one`);
    expect(await one()).toEqual([{ one: 1 }]);

    const inside = db.transaction(async (tx) => {
      await tx.query(sql`SELECT 1`);
      wire.cut();
      await tx.query(sql`SELECT 1`);
    });
    await expect(inside).rejects.toMatchObject({ code: "db.unavailable" });
    await expect(one()).rejects.toMatchObject({ code: "db.unavailable" });
    wire.mend();
    expect(await one()).toEqual([{ one: 1 }]);
    expect(await hearAgain(db, heard)).toBe(true);
    await db.close();
    wire.close();
  });

  test("a listening connection that is reset, as by a killed server, is made again and ends nothing", async () => {
    const wire = await openWire(new URL(external.url));
    const db = await openPostgres({ url: wire.url }, log);
    const heard: string[] = [];
    await db.listen("test", (payload) => heard.push(payload));
    expect(await hearAgain(db, heard)).toBe(true);
    for (let i = 0; i < 3; i += 1) {
      wire.reset();
      heard.length = 0;
      expect(await hearAgain(db, heard)).toBe(true);
    }
    await db.close();
    wire.close();
  });

  test("no server, a wrong password and a missing database are told by code, without the password", async () => {
    const wrong = new URL(external.url);
    wrong.password = "wrong-password";
    const missing = new URL(external.url);
    missing.pathname = "/no_such_database";
    const cases = [
      "postgres://u:wrong-password@127.0.0.1:1/x",
      missing.href,
      ...(new URL(external.url).password === "" ? [] : [wrong.href]),
    ];
    for (const url of cases) {
      const error = await openPostgres({ url }, log).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      expect(error).toMatchObject({ code: "db.unavailable" });
      expect(String(error)).not.toContain("wrong-password");
    }
  });

  test("bytes, large numbers, text and arrays come back as they went in", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const rows = await external.db.query<{ bytes: Uint8Array; big: number; text: string; list: string[] }>(sql`
      SELECT ${bytes}::bytea AS bytes, ${Number.MAX_SAFE_INTEGER}::bigint AS big, ${"é ' \\ 😀"}::text AS text, ${["a,b", '"']}::text[] AS list`);
    expect({ ...rows[0], bytes: [...(rows[0]?.bytes ?? [])] }).toEqual({
      bytes: [...bytes],
      big: Number.MAX_SAFE_INTEGER,
      text: "é ' \\ 😀",
      list: ["a,b", '"'],
    });
    await expect(external.db.query(sql`SELECT 9007199254740993::bigint AS n`)).rejects.toThrow("safe integer");
  });
});

/** The listening connection comes back by itself, within its second. */
async function hearAgain(db: Database, heard: string[]): Promise<boolean> {
  for (let tries = 0; tries < 100 && heard.length === 0; tries++) {
    await db.query(sql`SELECT pg_notify('test', 'again')`).catch(() => undefined);
    await delay(50);
  }
  return heard.includes("again");
}
