import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TillsyncError } from "@tillsync/sync-protocol";
import { listSetAside, showSetAside } from "../capture/list-set-aside.ts";
import { retrySetAside } from "../capture/retry-set-aside.ts";
import { readCaptured } from "../health/captured.ts";
import { captureAnswerSchema } from "./capture/row-result.ts";
import { openTestIntake, type Answer, type TestIntake } from "./testing/open-test-intake.ts";
import { saleLine } from "./testing/sale-line.ts";

let till: TestIntake;
beforeEach(async () => {
  till = await openTestIntake();
});
afterEach(() => till.close());

const results = (answer: Answer): unknown[] => {
  expect(answer.status).toBe(200);
  return captureAnswerSchema.parse(answer.body).results;
};
const captured = () => readCaptured(till.folder.store);

describe("what a till posts", () => {
  test("one JSON document is one sale, on one line or many, and is there when the answer comes", async () => {
    const one = await till.post(saleLine({ sequence: 1 }), "application/json");
    expect(results(one)).toEqual([{ row: 1, result: "captured", identity: "17/3/2026-03-02/1", revision: 1, epoch: 1, seq: 1 }]);
    const many = await till.post(JSON.stringify(JSON.parse(saleLine({ sequence: 2 })), null, 2), "application/json; charset=utf-8");
    expect(results(many)).toMatchObject([{ result: "captured", seq: 2 }]);
    till.folder.restart();
    expect(captured()).toMatchObject({ transactions: 2, grossByCurrency: { EUR: "49.38" } });
  });

  test("lines are captured in order, empty ones do not count, and the last needs no end", async () => {
    const answer = await till.post(`${saleLine({ sequence: 1 })}\n\n${saleLine({ sequence: 2 })}\r\n${saleLine({ sequence: 3 })}`);
    expect(answer.body.allCaptured).toBe(true);
    expect(results(answer)).toMatchObject([1, 2, 3].map((n) => ({ row: n, result: "captured", seq: n })));
  });

  test("the same request again changes nothing, and says where the sale is", async () => {
    const request = `${saleLine({ sequence: 1 })}\n${saleLine({ sequence: 2 })}\n`;
    await till.post(request);
    const before = { ...till.folder.store.end };
    const again = await till.post(request);
    expect(results(again)).toEqual([
      { row: 1, result: "repeated", identity: "17/3/2026-03-02/1", revision: 1, epoch: 1, seq: 1 },
      { row: 2, result: "repeated", identity: "17/3/2026-03-02/2", revision: 1, epoch: 1, seq: 2 },
    ]);
    expect(till.folder.store.end).toEqual(before);
  });

  test("other content under a known receipt is a revision; the first request, come again late, turns nothing back", async () => {
    await till.post(saleLine({ sequence: 1, prices: [100] }));
    const second = await till.post(saleLine({ sequence: 1, prices: [200] }));
    expect(results(second)).toMatchObject([{ result: "revision", revision: 2, seq: 2 }]);
    const late = await till.post(saleLine({ sequence: 1, prices: [100] }));
    expect(results(late)).toMatchObject([{ result: "repeated", superseded: true, revision: 2, seq: 2 }]);
    expect(captured()).toMatchObject({ transactions: 1, revisions: 1, grossByCurrency: { EUR: "2.00" } });
    expect(results(await till.post(saleLine({ sequence: 1, prices: [200] })))[0]).not.toHaveProperty("superseded");
  });

  test("two contents of one receipt in one request are for a person, and again so when it is repeated", async () => {
    const request = `${saleLine({ sequence: 1, prices: [100] })}\n${saleLine({ sequence: 1, prices: [200] })}\n${saleLine({ sequence: 1, prices: [100] })}`;
    for (const first of ["captured", "repeated"]) {
      const answer = await till.post(request);
      expect(answer.body.allCaptured).toBe(false);
      expect(results(answer)).toMatchObject([
        { result: first },
        { result: "set-aside", code: "capture.key-conflict" },
        { result: "repeated" },
      ]);
    }
    expect(captured()).toMatchObject({ transactions: 1, revisions: 0, grossByCurrency: { EUR: "1.00" } });
    const open = listSetAside(till.folder.store, false);
    expect(open).toHaveLength(1);
    // A person has looked: it is a correction. It is read again as what came over HTTP.
    const { store, guard } = till.folder;
    const retried = await retrySetAside({ store, guard, openReader: till.openReader, configOf: () => undefined }, []);
    expect(retried.items).toMatchObject([{ id: open[0]?.id, state: "resolved", transactions: 1 }]);
    const last = store.db.prepare<[], { line: Buffer }>("SELECT line FROM entry ORDER BY key DESC").get();
    expect(JSON.parse(String(last?.line)).body).toMatchObject({ revision: 2, capture: { source: { kind: "http", name: "till" } } });
  });
});

describe("what is wrong with a row", () => {
  test("concerns that row: it is kept, told with its field, and can be read again", async () => {
    const wrong = JSON.stringify({ ...JSON.parse(saleLine({ sequence: 2 })), status: "odd" });
    const answer = await till.post(`${saleLine({ sequence: 1 })}\n${wrong}\n{not json\n${saleLine({ sequence: 3 })}\n`);
    expect(results(answer)).toMatchObject([
      { row: 1, result: "captured" },
      {
        row: 2,
        result: "set-aside",
        code: "capture.field-invalid",
        detail: expect.stringContaining("status"),
        nextStep: expect.any(String),
      },
      { row: 3, result: "set-aside", code: "capture.malformed" },
      { row: 4, result: "captured", seq: 2 },
    ]);
    const [first] = listSetAside(till.folder.store, false);
    expect(first).toMatchObject({ source: "(http)", adapter: "canonical-json", name: "till", code: "capture.field-invalid" });
    expect(showSetAside(till.folder.store, first?.id ?? 0).text).toBe(wrong);
    const { store, guard } = till.folder;
    const retried = await retrySetAside({ store, guard, openReader: till.openReader, configOf: () => undefined }, [first?.id ?? 0]);
    expect(retried.items).toMatchObject([{ state: "open", code: "capture.field-invalid" }]);
  });

  test("card numbers are masked, in what is captured and in what is set aside", async () => {
    const card = "4111 1111 1111 1111";
    const sale = { ...JSON.parse(saleLine({ sequence: 1 })), receiptNumber: card };
    const answer = await till.post(`${JSON.stringify(sale)}\n{"number": "${card}"\n`);
    expect(results(answer)).toMatchObject([{ result: "captured" }, { result: "set-aside" }]);
    const all = till.folder.store.db.serialize().toString("latin1");
    expect(all).toContain("1111");
    expect(all).not.toContain(card);
    expect(JSON.stringify(answer.body) + JSON.stringify(till.logged)).not.toContain(card);
    expect(showSetAside(till.folder.store, 1).text).toContain("**** **** **** 1111");
  });

  test("what a sender says of our own sums is not taken", async () => {
    const sale = { ...JSON.parse(saleLine({ sequence: 1, prices: [500] })), reported: { grand: "499" }, balance: { state: "ok" } };
    await till.post(JSON.stringify(sale));
    const [entry] = till.folder.store.db.prepare<[], { line: Buffer }>("SELECT line FROM entry").all();
    expect(JSON.parse(String(entry?.line)).body).toMatchObject({
      capture: { adapter: "canonical-json@1.0.0", source: { kind: "http", name: "till" } },
      transaction: { balance: { state: "mismatch" }, computed: { grand: "500" } },
    });
  });
});

describe("what no row may be", () => {
  test("a body without a transaction, too many rows, a row past one entry", async () => {
    expect(await till.post("\n \n")).toMatchObject({ status: 400, body: { error: { code: "intake.invalid" } } });
    const line = '{"a":1}\n';
    expect((await till.post(line.repeat(500))).body.results).toHaveLength(500);
    expect(await till.post(line.repeat(501))).toMatchObject({ status: 413, body: { error: { code: "intake.too-large" } } });
    const long = { ...JSON.parse(saleLine({ sequence: 1 })), transactionId: "x".repeat(1024 * 1024) };
    expect(results(await till.post(JSON.stringify(long)))).toMatchObject([{ result: "set-aside", code: "capture.limit" }]);
    expect(captured().transactions).toBe(0);
  });

  test("a full disk gives no yes: 503 with its code, nothing kept, and the same request is taken when there is room", async () => {
    await till.close();
    let full = false;
    till = await openTestIntake({
      change: ({ guard }) => ({
        guard: {
          ...guard,
          state: () => (full ? "full" : "ok"),
          run: (write) => {
            if (full) throw new TillsyncError("store.disk-full");
            return guard.run(write);
          },
        },
      }),
    });
    full = true;
    expect(await till.ask("/v1/health")).toMatchObject({ status: 503, body: { takesSales: false, code: "store.disk-full" } });
    const refused = await till.post(saleLine({ sequence: 1 }));
    expect(refused).toMatchObject({ status: 503, body: { error: { code: "store.disk-full", retry: "automatic" } } });
    expect(refused.headers["retry-after"]).toBe("1");
    expect(captured().transactions).toBe(0);
    full = false;
    expect(results(await till.post(saleLine({ sequence: 1 })))).toMatchObject([{ result: "captured" }]);
  });
});
