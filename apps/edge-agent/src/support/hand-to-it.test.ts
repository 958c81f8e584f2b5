import { SUPPORT_ITEMS_MAX, supportNumberSchema, supportRequestSchema, type SupportRequest } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listSetAside } from "../capture/list-set-aside.ts";
import { keepSetAside, resolveSetAside } from "../capture/set-aside.ts";
import type { Enrolment } from "../enrol/enrolment.ts";
import { countForStaff } from "../health/count-for-staff.ts";
import { saveVerdicts } from "../journal/acknowledge.ts";
import type { Answer } from "../replicator/answer.ts";
import { systemPorts, type ReplicatorPorts } from "../replicator/ports.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { handToIt, QUEUED_MAX, type Handed } from "./hand-to-it.ts";
import { startSupportSender, type SupportSender } from "./support-sender.ts";

let folder: TestFolder;
let sender: SupportSender | undefined;
beforeEach(() => {
  folder = openTestFolder();
});
afterEach(async () => {
  await sender?.stop();
  sender = undefined;
  folder.remove();
});

const setAside = (n: number, change: Partial<Parameters<typeof keepSetAside>[1]> = {}): void => {
  inTransaction(folder.store, () => {
    const bytes = Buffer.from(`record ${n}`);
    keepSetAside(folder.store, {
      source: "pos",
      adapter: "poslog",
      name: "day.xml",
      code: "capture.field-invalid",
      range: [0, 9],
      bytes,
      bytesTotal: 9,
      ...change,
    });
  });
};
const verdict = (n: number): void =>
  saveVerdicts(folder.store, [{ n, epoch: 1, seq: n, kind: "set-aside", code: "entry.invalid", detail: "lines.0" } as never]);
const hand = (ids: readonly number[], note = ""): Promise<Handed> => handToIt(folder, ids, note);
const queued = (): SupportRequest[] =>
  folder.store
    .prepare<[], { body: string }>("SELECT body FROM support_request ORDER BY at_ms, number")
    .all()
    .map(({ body }) => supportRequestSchema.parse(JSON.parse(body)));

describe("what is handed to IT", () => {
  it("leaves the count of staff, stays listed with its number, and is on disk", async () => {
    for (const n of [1, 2, 3]) setAside(n);
    verdict(7);
    expect(countForStaff(folder.store)).toEqual({ open: 4, handedToIt: 0 });
    const { supportNumber, handed } = await hand([1, -7, 1], "Till 2\nsince morning");
    expect([handed, supportNumberSchema.parse(supportNumber)]).toEqual([2, supportNumber]);
    folder.restart();
    expect(countForStaff(folder.store)).toEqual({ open: 2, handedToIt: 2 });
    const mark = { atMs: folder.wallMs, supportNumber };
    expect(listSetAside(folder.store, false).map(({ id, handedToIt }) => [id, handedToIt])).toEqual([
      [1, mark],
      [2, null],
      [3, null],
      [-7, mark],
    ]);
    expect(queued()).toMatchObject([
      {
        number: supportNumber,
        note: "Till 2 since morning",
        itemsTotal: 2,
        items: [
          { id: -7, origin: "cloud", code: "entry.invalid", detail: "lines.0", entry: { epoch: 1, seq: 7 } },
          { id: 1, origin: "here", code: "capture.field-invalid", source: "pos", name: "day.xml", times: 1, entry: null },
        ],
      },
    ]);
  });

  it("has one number when the same is handed over twice, and another when it is not the same", async () => {
    setAside(1);
    setAside(2);
    const first = await hand([1, 2], "help");
    expect(await hand([2, 1], "help")).toEqual(first);
    expect((await hand([1, 2], "help!")).supportNumber).not.toBe(first.supportNumber);
    expect((await hand([1], "help!")).supportNumber).not.toBe(first.supportNumber);
    expect(queued()).toHaveLength(3);
  });

  it("holds no bytes, no card numbers and nothing that moves a cursor", async () => {
    setAside(1, { name: "4111111111111111.xml", detail: "\u001b[2J field 5105 1051 0510 5100", bytes: Buffer.from("secret bytes") });
    await hand([1], "card 4111 1111 1111 1111 \u202e gone");
    const text = JSON.stringify(queued());
    expect(text).not.toMatch(/4111 ?1111|5105 ?1051|secret|u001b|\u202e/u);
    expect(text).toContain("1111");
  });

  it("is nothing that is settled or not there, and then nothing is marked", async () => {
    setAside(1);
    setAside(2);
    inTransaction(folder.store, () => resolveSetAside(folder.store, 2));
    for (const ids of [
      [1, 2],
      [1, 9],
      [1, -9],
    ])
      await expect(hand(ids)).rejects.toMatchObject({ code: "usage.invalid" });
    expect([queued(), countForStaff(folder.store).open]).toEqual([[], 1]);
  });

  it("is staff's again when it was settled and comes back", async () => {
    setAside(1);
    await hand([1]);
    setAside(1);
    expect(countForStaff(folder.store)).toEqual({ open: 0, handedToIt: 1 });
    inTransaction(folder.store, () => resolveSetAside(folder.store, 1));
    setAside(1);
    expect(countForStaff(folder.store)).toEqual({ open: 1, handedToIt: 0 });
  });

  it("is described up to a limit, and counted past it", async () => {
    for (let n = 1; n <= SUPPORT_ITEMS_MAX + 1; n += 1) setAside(n);
    await hand(listSetAside(folder.store, false).map(({ id }) => id));
    expect(queued().map(({ itemsTotal, items }) => [itemsTotal, items.length])).toEqual([[SUPPORT_ITEMS_MAX + 1, SUPPORT_ITEMS_MAX]]);
  });

  it("waits for the line up to a limit", async () => {
    setAside(1);
    const insert = folder.store.db.prepare("INSERT INTO support_request (number, at_ms, body, state) VALUES (?, 1, ?, 'queued')");
    folder.store.db.transaction(() => {
      for (let n = 1; n < QUEUED_MAX; n += 1) insert.run(String(n), "{}");
    })();
    expect((await hand([1], "the last one")).handed).toBe(1);
    await expect(hand([1], "one more")).rejects.toMatchObject({ code: "support.too-many" });
    expect(folder.store.prepare("SELECT count(*) AS n FROM support_request").get()).toEqual({ n: QUEUED_MAX });
  });
});

const ENROLMENT = { terminal: "till-1" } as Enrolment;
const failed = (code: string): Answer => ({ kind: "failed", failure: { code: code as never } });

/** A line whose answers the test gives, and waits that end at once; what was waited for is noted. */
function startSender(answers: (body: SupportRequest, n: number) => Answer, options: { enrolled?: boolean; instant?: boolean } = {}) {
  const seen = { posts: [] as SupportRequest[], waits: [] as number[], logged: [] as object[] };
  const real = systemPorts();
  const ports: ReplicatorPorts = {
    ...real,
    random: () => 1,
    setTimer: (ms, work) => {
      seen.waits.push(ms);
      return options.instant === true && seen.posts.length < 8 ? real.setTimer(0, work) : { cancel: () => {} };
    },
  };
  const log = (fields: object): void => void seen.logged.push(fields);
  sender = startSupportSender({
    store: folder.store,
    ports,
    log: { info: log, warn: log },
    enrolment: () => (options.enrolled === false ? undefined : ENROLMENT),
    post: (_enrolment, { body }) => {
      const request = supportRequestSchema.parse(JSON.parse(body));
      seen.posts.push(request);
      return Promise.resolve(answers(request, seen.posts.length));
    },
  });
  return seen;
}
const accept = ({ number }: SupportRequest): Answer => ({ kind: "answered", body: { number, state: "open", serverTimeMs: 1 } });

describe("a request for help", () => {
  it("is sent at once where the line is there, each one once", async () => {
    setAside(1);
    const { supportNumber: before } = await hand([1], "before the start");
    const seen = startSender(accept);
    const { supportNumber } = await hand([1], "now");
    expect(await sender!.send(supportNumber, 60_000)).toBe(true);
    expect(seen.posts.map(({ number }) => number)).toEqual([before, supportNumber]);
    expect(await sender!.send(supportNumber, 60_000)).toBe(true);
    expect(seen.posts).toHaveLength(2);
  });

  it("is tried again, more and more rarely, until it is there", async () => {
    setAside(1);
    const { supportNumber } = await hand([1]);
    const seen = startSender((request, n) => (n < 6 ? failed("wire.unreachable") : accept(request)), { instant: true });
    while (seen.posts.length < 6) await new Promise(setImmediate);
    expect(await sender!.send(supportNumber, 60_000)).toBe(true);
    const pauses = seen.waits.slice(0, 5);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(new Set(pauses).size).toBeGreaterThan(2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(600_000);
  });

  it("outlives the process", async () => {
    setAside(1);
    const { supportNumber } = await hand([1]);
    startSender(() => failed("wire.unreachable"));
    await sender!.stop();
    folder.restart();
    startSender(accept);
    expect(await sender!.send(supportNumber, 60_000)).toBe(true);
  });

  it("waits for enrolment without keeping staff waiting", async () => {
    setAside(1);
    const { supportNumber } = await hand([1]);
    const seen = startSender(accept, { enrolled: false });
    expect(await sender!.send(supportNumber, 60_000)).toBe(false);
    expect(seen.posts).toEqual([]);
  });

  it("is not believed sent by an answer that is another's", async () => {
    setAside(1);
    const { supportNumber } = await hand([1]);
    const seen = startSender(() => ({ kind: "answered", body: { number: "0000-0000", state: "open", serverTimeMs: 1 } }), {
      instant: true,
    });
    while (seen.posts.length < 3) await new Promise(setImmediate);
    expect(folder.store.prepare("SELECT state FROM support_request").all()).toEqual([{ state: "queued" }]);
    expect(supportNumber).not.toBe("0000-0000");
  });

  it("that the cloud cannot read holds up no other, and is told of", async () => {
    setAside(1);
    const { supportNumber: bad } = await hand([1], "bad");
    folder.wallMs += 1;
    const { supportNumber: good } = await hand([1], "good");
    const seen = startSender((request) => (request.note === "bad" ? failed("wire.malformed") : accept(request)));
    expect(await sender!.send(good, 60_000)).toBe(true);
    expect(await sender!.send(bad, 60_000)).toBe(false);
    expect(seen.logged).toContainEqual({ supportNumber: bad, code: "wire.malformed" });
  });
});
