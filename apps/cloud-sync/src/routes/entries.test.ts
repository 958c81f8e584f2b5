import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BATCH_BYTES_MAX, BATCH_WIRE_BYTES_MAX, ENTRY_BYTES_MAX, PATHS, toHex } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { revokeTerminal } from "../devices/revoke-terminal.ts";
import { createJournalQueue } from "../ingest/journal-queue.ts";
import { openTestCloud, type Answer, type TestCloud } from "../testing/open-test-cloud.ts";
import { TestTerminal } from "../testing/test-terminal.ts";

const ZSTD = { "content-encoding": "zstd" };
const YEAR_MS = 365 * 24 * 3600 * 1000;
let db: Database;
let cloud: TestCloud;
let terminals = 0;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openTestCloud(db, { journals: createJournalQueue(50) });
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await db.close();
});
const enrolled = (store?: string): Promise<TestTerminal> => cloud.enrolled(`till-${++terminals}`, store);
const refused = (answer: Answer, status: number, code: string): void => {
  expect({ status: answer.status, code: answer.body.error?.code }).toEqual({ status, code });
  expect(answer.headers["tillsync-wire"]).toBe("1");
  expect(answer.body.serverTimeMs).toBe(cloud.clock.nowMs);
};

test("a batch is stored compressed or plain, and the answer is the head", async () => {
  const terminal = await enrolled();
  const chain = (await terminal.chain()).grow(6);
  expect((await cloud.push(terminal, zstdCompressSync(chain.batch(1, 3)), ZSTD)).body).toEqual({
    outcome: "stored",
    head: { seq: 3, hash: toHex(chain.hashAt(3)) },
    maxEpoch: 1,
    serverTimeMs: cloud.clock.nowMs,
    verdicts: [],
    verdictsMore: false,
  });
  expect((await cloud.push(terminal, chain.batch(4, 6))).body).toMatchObject({ outcome: "stored", head: { seq: 6 } });
});

test("entries before the batch are missing: gap, with the head to send from", async () => {
  const terminal = await enrolled();
  const chain = (await terminal.chain()).grow(4);
  expect((await cloud.push(terminal, chain.batch(3, 4))).body).toMatchObject({
    outcome: "gap",
    head: { seq: 0, hash: toHex(chain.hashAt(0)) },
  });
});

test("a batch that overtook the one before it waits for it", async () => {
  const terminal = await enrolled();
  const chain = (await terminal.chain()).grow(4);
  const later = cloud.push(terminal, chain.batch(3, 4));
  const earlier = cloud.push(terminal, chain.batch(1, 2));
  expect((await earlier).body.outcome).toBe("stored");
  expect((await later).body).toMatchObject({ outcome: "stored", head: { seq: 4 } });
});

test("verdicts ride on the answer, past the last one that the terminal has", async () => {
  const terminal = await enrolled();
  const chain = (await terminal.chain()).grow(2);
  await cloud.push(terminal, chain.batch(1, 1));
  await db.query(sql`UPDATE terminal SET next_verdict = 3 WHERE terminal_id = ${terminal.name}`);
  await db.query(sql`
    INSERT INTO verdict (terminal_id, n, epoch, seq, kind, code, at_ms) VALUES (${terminal.name}, 1, 1, 1, 'set-aside', 'entry.invalid', 0),
      (${terminal.name}, 2, 1, 1, 'taken-up', null, 0)`);
  const verdicts = [
    { n: 1, epoch: 1, seq: 1, kind: "set-aside", code: "entry.invalid" },
    { n: 2, epoch: 1, seq: 1, kind: "taken-up" },
  ];
  expect((await cloud.push(terminal, chain.batch(2, 2))).body.verdicts).toEqual(verdicts);
  expect((await cloud.push(terminal, chain.batch(2, 2, 1))).body.verdicts).toEqual(verdicts.slice(1));
  expect((await cloud.push(terminal, chain.batch(2, 2, 2))).body.verdicts).toEqual([]);
});

describe("who sends", () => {
  test("no proof, no proof at all, another's key, another cloud's, a long one", async () => {
    const [terminal, other] = [await enrolled(), await enrolled()];
    const batch = (await terminal.chain()).grow(1).batch(1, 1);
    const now = cloud.clock.nowMs;
    const send = (authorization: string): Promise<Answer> => cloud.push(terminal, batch, { authorization });
    refused(await send(""), 401, "auth.missing");
    refused(await send("Basic dGlsbDpwdw=="), 401, "auth.missing");
    refused(await send("Bearer not.a.token"), 401, "auth.invalid");
    refused(await send(`Bearer ${"x".repeat(5_000)}`), 401, "auth.invalid");
    refused(await send(await terminal.proof(now, { key: other.identity.privateKey })), 401, "auth.invalid");
    refused(await send(await terminal.proof(now, { issuer: other.name })), 401, "auth.invalid");
    refused(await send(await terminal.proof(now, { issuer: "nobody" })), 401, "auth.invalid");
    refused(await send(await terminal.proof(now, { audience: "urn:tillsync:cloud:another" })), 401, "auth.invalid");
    refused(await send(await terminal.proof(now, { typ: "JWT" })), 401, "auth.invalid");
    refused(await send(await terminal.proof(now, { lifeS: 301 })), 401, "auth.invalid");
    expect((await send(await terminal.proof(now, { lifeS: 300 }))).status).toBe(200);
  });

  test("a clock a year off either way is told, with the time to sign by, and then all is well", async () => {
    const terminal = await enrolled();
    const batch = (await terminal.chain()).grow(1).batch(1, 1);
    for (const offMs of [-YEAR_MS, YEAR_MS]) {
      const answer = await cloud.push(terminal, batch, { authorization: await terminal.proof(cloud.clock.nowMs + offMs) });
      refused(answer, 401, "auth.clock");
      const again = await cloud.push(terminal, batch, { authorization: await terminal.proof(answer.body.serverTimeMs) });
      expect(again.status).toBe(200);
    }
  });

  test("a proof that was found right is not taken past its end", async () => {
    const terminal = await enrolled();
    const batch = (await terminal.chain()).grow(1).batch(1, 1);
    const authorization = await terminal.proof(cloud.clock.nowMs);
    expect((await cloud.push(terminal, batch, { authorization })).status).toBe(200);
    cloud.clock.nowMs += 301_000;
    refused(await cloud.push(terminal, batch, { authorization }), 401, "auth.clock");
  });

  test("a revoked terminal is refused at its next request", async () => {
    const terminal = await enrolled();
    const chain = (await terminal.chain()).grow(2);
    const authorization = await terminal.proof(cloud.clock.nowMs);
    expect((await cloud.push(terminal, chain.batch(1, 1), { authorization })).status).toBe(200);
    await revokeTerminal(db, terminal.name);
    refused(await cloud.push(terminal, chain.batch(2, 2), { authorization }), 403, "auth.revoked");
  });

  test("a neighbour of the same store carries a journal; a device of another store does not", async () => {
    const [terminal, neighbour, stranger] = [await enrolled(), await enrolled(), await enrolled("store-2")];
    const chain = (await terminal.chain()).grow(2);
    const by = async (sender: TestTerminal): Promise<Answer> =>
      cloud.push(terminal, chain.batch(1, 2), { authorization: await sender.proof(cloud.clock.nowMs) });
    refused(await by(stranger), 403, "auth.forbidden");
    expect((await by(neighbour)).body.outcome).toBe("stored");
  });

  test("a journal of a terminal that does not exist is as foreign as one of another store", async () => {
    const terminal = await enrolled();
    const ghost = new TestTerminal();
    ghost.name = "ghost" as TestTerminal["name"];
    const batch = (await ghost.chain()).grow(1).batch(1, 1);
    refused(await cloud.push(terminal, batch), 403, "auth.forbidden");
  });
});

describe("what is sent", () => {
  test("media types and encodings that are not ours", async () => {
    const terminal = await enrolled();
    const batch = (await terminal.chain()).grow(1).batch(1, 1);
    refused(await cloud.push(terminal, batch, { "content-type": "application/json" }), 415, "wire.media-type");
    refused(await cloud.push(terminal, batch, { "content-encoding": "gzip" }), 415, "wire.media-type");
    expect((await cloud.push(terminal, batch, { "content-type": "application/x-ndjson; charset=utf-8" })).status).toBe(200);
  });

  test("bodies that do not decode: cut off, not zstd, empty, a bomb", async () => {
    const terminal = await enrolled();
    const whole = zstdCompressSync((await terminal.chain()).grow(20).batch(1, 20));
    refused(await cloud.push(terminal, whole.subarray(0, whole.length - 5), ZSTD), 400, "wire.malformed");
    refused(await cloud.push(terminal, Buffer.from("plain text"), ZSTD), 400, "wire.malformed");
    refused(await cloud.push(terminal, Buffer.alloc(0), ZSTD), 400, "wire.malformed");
    refused(await cloud.push(terminal, Buffer.alloc(0)), 400, "wire.malformed");
    refused(await cloud.push(terminal, zstdCompressSync(Buffer.alloc(256 * 1024 * 1024)), ZSTD), 413, "wire.too-large");
    refused(await cloud.push(terminal, zstdCompressSync(Buffer.alloc(BATCH_BYTES_MAX + 1, "x\n")), ZSTD), 413, "wire.too-large");
  });

  test("a body at the wire's limit is read, one byte more is not", async () => {
    const terminal = await enrolled();
    refused(await cloud.push(terminal, Buffer.alloc(BATCH_WIRE_BYTES_MAX, "x")), 400, "wire.malformed");
    refused(await cloud.push(terminal, Buffer.alloc(BATCH_WIRE_BYTES_MAX + 1, "x")), 413, "wire.too-large");
  });

  test("lines that are no batch", async () => {
    const terminal = await enrolled();
    const text = Buffer.from((await terminal.chain()).grow(2).batch(1, 2)).toString();
    const [header = "", first = "", second = ""] = text.split("\n");
    for (const broken of [
      text.slice(0, -1),
      `${header}\n${first}\n`,
      `${header}\n${first}\n\n`,
      `{"version":1}\n${first}\n${second}\n`,
      `${header.slice(1)}\n${first}\n${second}\n`,
      `${header.replace('"epoch":1', '"epoch":0')}\n${first}\n${second}\n`,
      "\n",
    ])
      refused(await cloud.push(terminal, Buffer.from(broken)), 400, "wire.malformed");
  });

  test("an entry at its limit is stored, one byte more is refused", async () => {
    const terminal = await enrolled();
    const chain = await terminal.chain();
    chain.addLine(Buffer.alloc(ENTRY_BYTES_MAX, "x"));
    expect((await cloud.push(terminal, chain.batch(1, 1))).body.outcome).toBe("stored");
    const [header = ""] = Buffer.from(chain.batch(1, 1)).toString().split("\n", 1);
    refused(await cloud.push(terminal, Buffer.from(`${header}\n${"x".repeat(ENTRY_BYTES_MAX + 1)}\n`)), 422, "ingest.entry-limit");
  });

  test("bytes that were changed, a head that another signed, a chain from somewhere else", async () => {
    const [terminal, other] = [await enrolled(), await enrolled()];
    const chain = (await terminal.chain()).grow(3);
    const text = Buffer.from(chain.batch(1, 3)).toString();
    refused(await cloud.push(terminal, Buffer.from(text.replace('"made":2', '"made":9'))), 422, "ingest.chain-broken");
    const signature = (await other.chain()).grow(3).signHead(3).signature;
    refused(
      await cloud.push(terminal, Buffer.from(text.replace(/"signature":"[^"]+"/, `"signature":"${signature}"`))),
      422,
      "ingest.signature",
    );
    // Signed by the terminal and whole in itself, on the genesis of another epoch.
    const elsewhere = (await terminal.chain(2)).grow(1);
    elsewhere.hashes.splice(0, 2, chain.hashAt(0));
    const line = elsewhere.lines.pop() ?? Buffer.alloc(0);
    elsewhere.addLine(line);
    refused(await cloud.push(terminal, elsewhere.batch(1, 1)), 422, "ingest.chain-broken");
    const journals = await db.query(sql`SELECT epoch FROM journal WHERE terminal_id = ${terminal.name}`);
    expect(journals).toEqual([]);
  });
});

test("when as many batches are in hand as there is room for, the next is asked to wait", async () => {
  const full = await openTestCloud(db, { batchesInHandMax: 0 });
  const terminal = await full.enrolled("waits");
  const answer = await full.push(terminal, (await terminal.chain()).grow(1).batch(1, 1));
  expect(answer).toMatchObject({ status: 503, body: { error: { code: "wire.busy" } } });
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  await full.app.close();
});

test("unknown addresses, wrong methods and bad paths answer in our words", async () => {
  for (const request of [
    { method: "GET", url: "/" },
    { method: "GET", url: PATHS.entries },
    { method: "POST", url: "/v2/entries" },
  ] as const) {
    const answer = await cloud.app.inject(request);
    refused({ status: answer.statusCode, headers: answer.headers, body: answer.json() }, 404, "wire.not-found");
  }
  const bad = await cloud.app.inject({ method: "GET", url: "/%" });
  refused({ status: bad.statusCode, headers: bad.headers, body: bad.json() }, 400, "wire.malformed");
});

test("what nobody foresaw tells the sender nothing of our insides", async () => {
  const broken = await openTestCloud({ ...db, transaction: () => Promise.reject(new Error("relation secret_table")) });
  const terminal = await enrolled();
  const answer = await broken.push(terminal, (await terminal.chain()).grow(1).batch(1, 1));
  expect(answer).toMatchObject({ status: 500, body: { error: { code: "internal.unexpected" } } });
  expect(JSON.stringify(answer.body)).not.toContain("secret_table");
  await broken.app.close();
});
