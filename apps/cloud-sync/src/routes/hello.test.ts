import { afterAll, beforeAll, expect, test } from "vitest";
import { HELLO_JOURNALS_MAX, PATHS, toHex, type Hello } from "@tillsync/sync-protocol";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { readStatus } from "../status/read-status.ts";
import { openTestCloud, type Answer, type TestCloud } from "../testing/open-test-cloud.ts";
import type { TestTerminal } from "../testing/test-terminal.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud(await openTestDatabase());
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await cloud.deps.db.close();
});

async function hello(terminal: TestTerminal, change: Partial<Record<keyof Hello, unknown>> = {}): Promise<Answer> {
  const chain = await terminal.chain();
  const journals = [{ epoch: 1, seq: chain.seq, hash: toHex(chain.hashAt(chain.seq)) }];
  const message = {
    versions: [1],
    terminal: terminal.name,
    agentVersion: "1.2.3",
    wallMs: cloud.clock.nowMs,
    journals,
    verdictsAfter: 0,
    ...change,
  };
  return cloud.post(PATHS.hello, message, { authorization: await terminal.proof(cloud.clock.nowMs) });
}

test("says how far it has each journal, genesis for one it does not know, and the highest epoch", async () => {
  const terminal = await cloud.enrolled("greets");
  const chain = (await terminal.chain()).grow(5);
  await cloud.push(terminal, chain.batch(1, 3));
  const second = await terminal.chain(2);
  const journals = [
    { epoch: 1, seq: 5, hash: toHex(chain.hashAt(5)) },
    { epoch: 2, seq: 0, hash: toHex(second.hashAt(0)) },
  ];
  expect(await hello(terminal, { journals })).toMatchObject({
    status: 200,
    body: {
      version: 1,
      store: "store-1",
      maxEpoch: 1,
      serverTimeMs: cloud.clock.nowMs,
      journals: [
        { epoch: 1, seq: 3, hash: toHex(chain.hashAt(3)) },
        { epoch: 2, seq: 0, hash: toHex(second.hashAt(0)) },
      ],
      verdicts: [],
      verdictsMore: false,
    },
  });
});

test("a cloud that was restored from an older backup says the lower head and is filled again", async () => {
  const terminal = await cloud.enrolled("rewinds");
  const chain = (await terminal.chain()).grow(6);
  await cloud.push(terminal, chain.batch(1, 3));
  const backup = await cloud.deps.db.query<{ seq: number; hash: Uint8Array; head_signature: Uint8Array }>(
    sql`SELECT seq, hash, head_signature FROM journal WHERE terminal_id = 'rewinds'`,
  );
  await cloud.push(terminal, chain.batch(4, 6));
  await cloud.deps.db.query(sql`DELETE FROM segment WHERE terminal_id = 'rewinds' AND first_seq = 4`);
  await cloud.deps.db.query(sql`UPDATE shard SET next_pos = next_pos - 3`);
  await cloud.deps.db.query(sql`
    UPDATE journal SET seq = 3, hash = ${backup[0]?.hash ?? null}::bytea, head_signature = ${backup[0]?.head_signature ?? null}::bytea
    WHERE terminal_id = 'rewinds'`);
  expect((await hello(terminal)).body.journals).toEqual([{ epoch: 1, seq: 3, hash: toHex(chain.hashAt(3)) }]);
  expect((await cloud.push(terminal, chain.batch(4, 6))).body).toMatchObject({ outcome: "stored", head: { seq: 6 } });
});

test("a restored cloud numbers verdicts past those that the terminal has heard, and tells what it knows again", async () => {
  const terminal = await cloud.enrolled("hears");
  const { db } = cloud.deps;
  await db.query(sql`
    INSERT INTO verdict (terminal_id, n, epoch, seq, kind, code, at_ms)
    VALUES ('hears', 1, 1, 4, 'set-aside', 'entry.invalid', 1), ('hears', 2, 1, 7, 'set-aside', 'entry.invalid', 1), ('hears', 3, 1, 4, 'taken-up', null, 2)`);
  await db.query(sql`UPDATE terminal SET next_verdict = 4 WHERE terminal_id = 'hears'`);
  expect((await hello(terminal, { verdictsAfter: 3 })).body.verdicts).toEqual([]);
  const again = [
    { n: 10, epoch: 1, seq: 7, kind: "set-aside", code: "entry.invalid" },
    { n: 11, epoch: 1, seq: 4, kind: "taken-up" },
  ];
  expect((await hello(terminal, { verdictsAfter: 9 })).body.verdicts).toEqual(again);
  expect((await hello(terminal, { verdictsAfter: 9 })).body.verdicts).toEqual(again);
  expect((await hello(terminal, { verdictsAfter: 11 })).body.verdicts).toEqual([]);
  expect(await db.query(sql`SELECT next_verdict FROM terminal WHERE terminal_id = 'hears'`)).toEqual([{ next_verdict: 12 }]);
  expect((await hello(terminal, { verdictsAfter: 2 ** 40 })).status).toBe(200);
});

test("another history at the same number is a fork: recorded with both hashes and shown in the status", async () => {
  const terminal = await cloud.enrolled("forks");
  const chain = (await terminal.chain()).grow(2);
  await cloud.push(terminal, chain.batch(1, 2));
  const offered = "ab".repeat(32);
  expect((await hello(terminal, { journals: [{ epoch: 1, seq: 2, hash: offered }] })).body.journals).toEqual([
    { epoch: 1, seq: 2, hash: toHex(chain.hashAt(2)) },
  ]);
  const { forks } = await readStatus(cloud.deps.db);
  expect(forks).toEqual([
    expect.objectContaining({ terminalId: "forks", epoch: 1, seq: 2, heldHash: toHex(chain.hashAt(2)), offeredHash: offered, times: 1 }),
  ]);
});

test("notes the terminal's clock and version, and judges neither", async () => {
  const terminal = await cloud.enrolled("clocks");
  const yearMs = 365 * 24 * 3600 * 1000;
  expect((await hello(terminal, { wallMs: cloud.clock.nowMs - yearMs })).status).toBe(200);
  const { terminals } = await readStatus(cloud.deps.db);
  expect(terminals.find((row) => row.terminalId === "clocks")).toMatchObject({
    clockOffsetMs: -yearMs,
    agentVersion: "1.2.3",
    lastSeenMs: cloud.clock.nowMs,
  });
  expect((await hello(terminal, { wallMs: Number.MIN_SAFE_INTEGER })).status).toBe(200);
  await expect(readStatus(cloud.deps.db)).resolves.toBeDefined();
});

test("refuses versions it does not speak, terminals of other stores, and shapes that are wrong", async () => {
  const [terminal, stranger] = [await cloud.enrolled("versions"), await cloud.enrolled("elsewhere", "store-9")];
  expect(await hello(terminal, { versions: [2, 3] })).toMatchObject({ status: 426, body: { error: { code: "wire.version" } } });
  expect((await hello(terminal, { versions: [2, 1] })).status).toBe(200);
  expect(await hello(terminal, { terminal: stranger.name })).toMatchObject({ status: 403, body: { error: { code: "auth.forbidden" } } });
  expect(await hello(terminal, { terminal: "nobody" })).toMatchObject({ status: 403, body: { error: { code: "auth.forbidden" } } });
  const many = Array.from({ length: HELLO_JOURNALS_MAX + 1 }, (_, i) => ({ epoch: i + 1, seq: 0, hash: "00".repeat(32) }));
  expect(await hello(terminal, { journals: many })).toMatchObject({ status: 400, body: { error: { code: "wire.malformed" } } });
  expect((await hello(terminal, { journals: many.slice(1) })).status).toBe(200);
  const unsigned = await cloud.post(PATHS.hello, {});
  expect(unsigned).toMatchObject({ status: 401, body: { error: { code: "auth.missing" } } });
});
