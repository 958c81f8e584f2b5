import { afterAll, beforeAll, expect, test } from "vitest";
import { PATHS } from "@tillsync/sync-protocol";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { sql } from "../db/sql.ts";
import { revokeTerminal } from "../devices/revoke-terminal.ts";
import { FAILED_CODES_MAX } from "../plugins/failed-codes.ts";
import { openTestCloud, type TestCloud } from "../testing/open-test-cloud.ts";
import { TestTerminal } from "../testing/test-terminal.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud(await openTestDatabase());
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await cloud.deps.db.close();
});
/** Windows of wrong codes are a minute: each test starts in one of its own. */
const nextMinute = (): number => (cloud.clock.nowMs += 61_000);

test("a code is redeemed once; the same keys get the same answer again, others are refused", async () => {
  nextMinute();
  const terminal = new TestTerminal();
  const code = await cloud.code("once");
  const first = await cloud.enrol(terminal, code);
  expect(first).toMatchObject({
    status: 200,
    body: { terminal: "once", store: "store-1", firstEpoch: 1, serverTimeMs: cloud.clock.nowMs },
  });
  expect(first.headers["tillsync-wire"]).toBe("1");
  expect((await cloud.enrol(terminal, code.toLowerCase().replaceAll("-", " "))).body).toEqual(first.body);
  expect(await cloud.enrol(new TestTerminal(), code)).toMatchObject({ status: 409, body: { error: { code: "enrol.code-used" } } });
});

test("fifty terminals with one code: one gets through", async () => {
  nextMinute();
  const code = await cloud.code("raced");
  const answers = await Promise.all(Array.from({ length: 50 }, () => cloud.enrol(new TestTerminal(), code)));
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  expect(answers.filter((answer) => answer.body.error?.code === "enrol.code-used")).toHaveLength(49);
  const keys = await cloud.deps.db.query(sql`SELECT first_epoch FROM terminal_key WHERE terminal_id = 'raced'`);
  expect(keys).toHaveLength(1);
});

test("a code ends at its time, to the millisecond", async () => {
  nextMinute();
  const [good, late] = [await cloud.code("in-time", "store-1", 1_000), await cloud.code("too-late", "store-1", 1_000)];
  cloud.clock.nowMs += 999;
  expect((await cloud.enrol(new TestTerminal(), good)).status).toBe(200);
  cloud.clock.nowMs += 1;
  expect(await cloud.enrol(new TestTerminal(), late)).toMatchObject({ status: 403, body: { error: { code: "enrol.code-invalid" } } });
});

test("wrong codes are refused, and too many from one address stop being looked at for a minute", async () => {
  nextMinute();
  const code = await cloud.code("patient");
  for (let i = 0; i < FAILED_CODES_MAX; i++)
    expect(await cloud.enrol(new TestTerminal(), "0000-0000-0000")).toMatchObject({
      status: 403,
      body: { error: { code: "enrol.code-invalid" } },
    });
  const refused = await cloud.enrol(new TestTerminal(), code);
  expect(refused).toMatchObject({ status: 429, body: { error: { code: "enrol.too-many" } } });
  expect(refused.headers["retry-after"]).toBeDefined();
  nextMinute();
  expect((await cloud.enrol(new TestTerminal(), code)).status).toBe(200);
});

test("a terminal that enrols again with other keys writes past every epoch that is known of it", async () => {
  nextMinute();
  const terminal = await cloud.enrolled("again");
  await cloud.push(terminal, (await terminal.chain(3)).grow(1).batch(1, 1));
  expect((await cloud.enrol(terminal, await cloud.code("again"))).body.firstEpoch).toBe(1);
  const renewed = new TestTerminal();
  expect((await cloud.enrol(renewed, await cloud.code("again"))).body.firstEpoch).toBe(4);
  const old = await cloud.push(terminal, (await terminal.chain(3)).grow(1).batch(2, 2));
  expect(old).toMatchObject({ status: 401, body: { error: { code: "auth.invalid" } } });
  // The old journal is still proven by the old key, whoever carries it.
  const carried = await cloud.push(terminal, (await terminal.chain(3)).batch(2, 2), {
    authorization: await renewed.proof(cloud.clock.nowMs),
  });
  expect(carried.body).toMatchObject({ outcome: "stored", head: { seq: 2 } });
});

test("a revoked terminal comes back with a new code alone", async () => {
  nextMinute();
  const terminal = await cloud.enrolled("back");
  await revokeTerminal(cloud.deps.db, "back");
  const batch = (await terminal.chain()).grow(1).batch(1, 1);
  expect(await cloud.push(terminal, batch)).toMatchObject({ status: 403, body: { error: { code: "auth.revoked" } } });
  expect((await cloud.enrol(terminal, await cloud.code("back"))).status).toBe(200);
  expect((await cloud.push(terminal, batch)).body.outcome).toBe("stored");
});

test("a terminal is of one store", async () => {
  nextMinute();
  await cloud.enrolled("settled", "store-1");
  await expect(cloud.code("settled", "store-2")).rejects.toMatchObject({ code: "enrol.store-mismatch" });
});

test("a message of the wrong shape names the field and not its value", async () => {
  nextMinute();
  const answer = await cloud.post(PATHS.enrol, {
    ...new TestTerminal().enrolRequest(await cloud.code("shape")),
    agentVersion: 7,
    code: "secret-code",
  });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: "wire.malformed" } } });
  expect(JSON.stringify(answer.body)).not.toContain("secret-code");
});
