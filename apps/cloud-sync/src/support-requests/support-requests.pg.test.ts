import {
  makeSupportNumber,
  SUPPORT_BYTES_MAX,
  SUPPORT_ITEMS_MAX,
  SUPPORT_PATHS,
  supportAnswerSchema,
  type SupportNumber,
  type SupportRequest,
} from "@tillsync/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { openTestCloud, type Answer, type TestCloud } from "../testing/open-test-cloud.ts";
import type { TestTerminal } from "../testing/test-terminal.ts";
import { findRequests, listRequests } from "./list-requests.ts";
import { resolveRequest } from "./resolve-request.ts";
import { OPEN_PER_TERMINAL_MAX, takeRequest } from "./take-request.ts";

/** One database for all: each test has terminals and a store of its own. */
let db: Database;
let cloud: TestCloud;
let till: TestTerminal;
let store: string;
let tests = 0;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openTestCloud(db);
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(async () => {
  await cloud.app.close();
  await db.close();
});
beforeEach(async () => {
  tests += 1;
  store = `store-${tests}`;
  till = await cloud.enrolled(`till-${tests}`, store);
});

const numberOf = (n: number): SupportNumber => makeSupportNumber(Uint8Array.from([n & 31, (n >> 5) & 31, tests & 31, tests >> 5, 7, 7, 7]));
const item = {
  id: 4,
  origin: "here" as const,
  at: "2026-03-02T10:00:00.000Z",
  code: "capture.field-invalid",
  detail: "lines.0",
  source: "pos",
  adapter: "poslog",
  name: "day.xml",
  times: 2,
  entry: null,
};
const request = (n: number, change: Partial<SupportRequest> = {}): SupportRequest => ({
  number: numberOf(n),
  atMs: 1_772_000_000_000,
  note: "Till 2 since this morning",
  agentVersion: "0.1.0",
  itemsTotal: 1,
  items: [item],
  ...change,
});
const send = async (body: unknown, from: TestTerminal = till): Promise<Answer> =>
  cloud.post(SUPPORT_PATHS.request, body, { authorization: await from.proof(cloud.clock.nowMs) });
const listed = (all = false) => listRequests(db, { all, store, limit: 1_000 });

describe("a request for help", () => {
  test("is kept with what it is about, and is one however often it comes", async () => {
    const first = await send(request(1));
    expect([first.status, supportAnswerSchema.parse(first.body).state]).toEqual([200, "open"]);
    expect((await send(request(1, { note: "another" }))).body).toMatchObject({ number: numberOf(1), state: "open" });
    expect(await findRequests(db, numberOf(1), undefined)).toEqual([
      {
        number: numberOf(1),
        terminalId: till.name,
        storeId: store,
        atMs: 1_772_000_000_000,
        receivedAtMs: cloud.clock.nowMs,
        note: "Till 2 since this morning",
        agentVersion: "0.1.0",
        itemsTotal: 1,
        resolvedAtMs: null,
        resolution: null,
        items: [item],
      },
    ]);
  });

  test("is settled once; a repeat of it hears so, and the list leaves it out", async () => {
    await send(request(1));
    await send(request(2));
    const settle = (resolution: string) => resolveRequest(db, { number: numberOf(1), terminal: undefined, resolution }, 5);
    expect(await settle("mapping corrected")).toMatchObject({ resolvedAtMs: 5, resolution: "mapping corrected" });
    expect(await settle("again")).toMatchObject({ resolution: "mapping corrected" });
    expect((await send(request(1))).body.state).toBe("resolved");
    expect((await listed()).map(({ number }) => number)).toEqual([numberOf(2)]);
    expect(await listed(true)).toHaveLength(2);
    await expect(resolveRequest(db, { number: numberOf(3), terminal: undefined, resolution: undefined }, 5)).rejects.toMatchObject({
      code: "support.number-unknown",
    });
  });

  test("of two terminals under one number are two", async () => {
    const other = await cloud.enrolled(`other-${tests}`, store);
    await send(request(1));
    await send(request(1, { note: "mine" }), other);
    expect(await findRequests(db, numberOf(1), undefined)).toHaveLength(2);
    await expect(resolveRequest(db, { number: numberOf(1), terminal: undefined, resolution: undefined }, 5)).rejects.toMatchObject({
      code: "support.number-shared",
    });
    expect(await resolveRequest(db, { number: numberOf(1), terminal: other.name, resolution: undefined }, 5)).toMatchObject({
      note: "mine",
    });
    expect(await listed()).toMatchObject([{ terminalId: till.name }]);
  });

  test("is a terminal's own: without its proof, and with another's name, nothing is kept", async () => {
    expect((await cloud.post(SUPPORT_PATHS.request, request(1))).status).toBe(401);
    const proof = await till.proof(cloud.clock.nowMs, { issuer: `someone-${tests}` });
    expect((await cloud.post(SUPPORT_PATHS.request, request(1), { authorization: proof })).status).toBe(401);
    expect(await listed(true)).toEqual([]);
  });

  test("holds as many items as it may and no more, and is not read past its size", async () => {
    const items = Array.from({ length: SUPPORT_ITEMS_MAX }, (_, i) => ({
      ...item,
      id: i,
      detail: "é".repeat(300),
      name: "\u0001".repeat(300),
    }));
    expect((await send(request(1, { items, itemsTotal: 1_000 }))).status).toBe(200);
    expect((await send(request(2, { items: [...items, item] }))).body.error).toMatchObject({ code: "wire.malformed" });
    const large = await send({ ...request(3), more: "x".repeat(SUPPORT_BYTES_MAX) });
    expect([large.status, large.body.error.code]).toEqual([413, "wire.too-large"]);
  });

  test.each([
    [{ number: "0000-0001" }, "number"],
    [{ note: "x".repeat(501) }, "note"],
    [{ items: [{ ...item, bytes: "4111" }] }, "items"],
    [{ items: [{ ...item, at: "now" }] }, "items"],
  ])("of another shape is refused: %j", async (change, field) => {
    const answer = await send({ ...request(1), ...change });
    expect([answer.status, answer.body.error.code]).toEqual([400, "wire.malformed"]);
    expect(answer.body.error.detail).toContain(field);
    expect(await listed(true)).toEqual([]);
  });

  test("waits at the terminal when that has too many open ones, and is taken when one is settled", async () => {
    const device = { terminal: till.name, store: store as never };
    for (let n = 1; n <= OPEN_PER_TERMINAL_MAX; n += 1) expect(await takeRequest(db, device, request(n, { items: [] }), n)).toBe("open");
    const refused = await send(request(OPEN_PER_TERMINAL_MAX + 1));
    expect([refused.status, refused.body.error.code]).toEqual([429, "support.too-many"]);
    expect((await send(request(7))).status).toBe(200);
    await resolveRequest(db, { number: numberOf(7), terminal: undefined, resolution: undefined }, 5);
    expect((await send(request(OPEN_PER_TERMINAL_MAX + 1))).status).toBe(200);
  });
});
