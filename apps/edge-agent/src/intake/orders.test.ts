import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeHlc, encodeHlc, seq, terminalId, toHex, type OrderStatus } from "@tillsync/sync-protocol";
import { saveAcked, saveVerdicts } from "../journal/acknowledge.ts";
import { dropDocument, putDocument, STORE, TERMINAL } from "./testing/fill-reference.ts";
import { saleLine } from "./testing/sale-line.ts";
import { openTestIntake, type Answer, type TestIntake } from "./testing/open-test-intake.ts";

let till: TestIntake;
beforeEach(async () => {
  till = await openTestIntake({ enrolled: true });
});
afterEach(() => till.close());

const order = (id: string, status: OrderStatus, more: Record<string, unknown> = {}): void =>
  putDocument(till.reference, "orders", id, {
    orderId: id,
    storeId: STORE,
    status,
    lines: [
      { itemId: "a", quantity: { value: "2", uom: "EA" } },
      { itemId: "b", quantity: { value: "1.5", uom: "KG" } },
    ],
    currency: "EUR",
    exponent: 2,
    total: "4200",
    due: "0",
    pickupCode: `P${id}`,
    revision: 1,
    ...more,
  });
const step = (id: string, body: object): Promise<Answer> =>
  till.ask(`/v1/orders/${encodeURIComponent(id)}/steps`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
const refusal = ({ status, body }: Answer): unknown => [status, body.error?.code, body.error?.detail];
const goods = (itemId: string, value: string, uom = "EA"): object => ({ itemId, quantity: { value, uom } });
const entries = (): { type: string; body: { capture: unknown; transaction: Record<string, unknown> } }[] =>
  till.folder.store.db
    .prepare<[], { line: Buffer }>("SELECT line FROM entry ORDER BY key")
    .all()
    .map(({ line }) => JSON.parse(String(line)));

describe("a step of an order", () => {
  test("is on disk when it is answered, as an entry that the cloud reads like every other", async () => {
    order("web:4711", "picked", { orderId: "4711", system: "web" });
    const answer = await step("web:4711", { stepId: "s1", status: "fulfilled", operatorId: "op7", reason: "at the counter" });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        outcome: "written",
        stepId: "s1",
        status: "fulfilled",
        entry: { epoch: 1, seq: 1 },
        line: "up",
        tell: [],
        order: { status: "fulfilled", handedOverBy: TERMINAL },
      },
    });
    till.folder.restart();
    const [entry] = entries();
    expect(entry?.body).toMatchObject({
      capture: { adapter: "hand-over@1.0.0", source: { kind: "http" } },
      transaction: {
        transactionType: "OrderStatus",
        operatorId: "op7",
        identity: { store: "S1", workstation: "till-1" },
        orderStatus: { orderId: "4711", system: "web", status: "fulfilled", reason: "at the counter" },
      },
    });
  });

  test("is one step however often it is told, also after it has gone on; its id stands for nothing else", async () => {
    order("1", "picked");
    const first = await step("1", { stepId: "s1", status: "fulfilled" });
    await step("1", { stepId: "s2", status: "returned" });
    const again = await step("1", { stepId: "s1", status: "fulfilled" });
    expect(again.body).toMatchObject({ outcome: "repeated", entry: first.body.entry, order: { status: "returned" } });
    for (const other of [
      { stepId: "s1", status: "delivered" },
      { stepId: "s1", status: "fulfilled", reason: "x" },
    ])
      expect(refusal(await step("1", other))).toEqual([409, "order.step-differs", "s1"]);
    order("2", "picked");
    expect(refusal(await step("2", { stepId: "s1", status: "fulfilled" }))).toEqual([409, "order.step-differs", "s1"]);
    expect(entries()).toHaveLength(2);
  });

  test("can be told again after the order was taken off the list", async () => {
    order("1", "picked");
    const first = await step("1", { stepId: "s1", status: "fulfilled" });
    dropDocument(till.reference, "orders", "1");
    expect((await step("1", { stepId: "s1", status: "fulfilled" })).body).toMatchObject({
      outcome: "repeated",
      entry: first.body.entry,
      order: null,
    });
    expect((await step("1", { stepId: "s1", status: "returned" })).body.error.code).toBe("order.step-differs");
    expect((await step("1", { stepId: "s2", status: "returned" })).body.error.code).toBe("order.not-here");
  });

  test("that may not be is refused with its reason, and nothing is written", async () => {
    order("cancelled", "cancelled", { cancelled: true });
    order("created", "created");
    order("shipped", "shipped");
    order("other", "fulfilled", {
      handOvers: [{ terminal: terminalId("till-9"), at: encodeHlc({ ms: 5, counter: 0 }) }],
      handedOverBy: "till-9",
    });
    const refused: [string, OrderStatus, RegExp][] = [
      ["cancelled", "fulfilled", /no goods of it may move/],
      ["created", "returned", /nothing can come back/],
      ["shipped", "cancelled", /comes back as returned/],
      ["shipped", "picked", /stands at shipped/],
      ["other", "fulfilled", /handed over by till-9/],
    ];
    for (const [id, status, reason] of refused)
      expect(refusal(await step(id, { stepId: `${id}-${status}`, status }))).toEqual([
        409,
        "order.step-refused",
        expect.stringMatching(reason),
      ]);
    expect(refusal(await step("none", { stepId: "x", status: "picked" }))).toEqual([404, "order.not-here", "none"]);
    for (const body of [
      {},
      { stepId: "x" },
      { stepId: "x", status: "lost" },
      { stepId: "x y", status: "picked" },
      { stepId: "x", status: "picked", lines: [] },
      { stepId: "x", status: "picked", at: 1 },
    ])
      expect((await step("created", body)).status).toBe(400);
    expect(entries()).toEqual([]);
    expect(till.folder.store.db.prepare("SELECT count(*) AS n FROM order_step").get()).toEqual({ n: 0 });
  });

  test("of two tills at one counter that ask at once, one is taken", async () => {
    order("1", "picked");
    const answers = await Promise.all(["a", "b", "c"].map((stepId) => step("1", { stepId, status: "fulfilled" })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(entries()).toHaveLength(1);
  });

  test("about a part of the goods takes no more than the order has, over all steps of this till", async () => {
    order("1", "picked");
    expect((await step("1", { stepId: "s1", status: "fulfilled", lines: [goods("a", "1")] })).status).toBe(200);
    expect((await step("1", { stepId: "s2", status: "fulfilled", lines: [goods("a", "1"), goods("b", "1.5", "KG")] })).status).toBe(200);
    for (const lines of [[goods("a", "1")], [goods("b", "0.000000000001", "KG")], [goods("c", "1")]])
      expect((await step("1", { stepId: "s3", status: "fulfilled", lines })).body.error.code).toBe("order.step-refused");
    expect((await step("1", { stepId: "s4", status: "fulfilled" })).status).toBe(409);
    order("2", "picked");
    expect((await step("2", { stepId: "t1", status: "fulfilled", lines: [goods("a", "0")] })).body.error.code).toBe("order.step-refused");
    expect(entries()).toHaveLength(2);
  });

  test("is refused when staff had another revision before them, or the goods were picked for another", async () => {
    order("1", "confirmed", { revision: 2 });
    expect(refusal(await step("1", { stepId: "s1", status: "picked", revision: 1 }))).toEqual([
      409,
      "order.changed",
      "the order is at revision 2",
    ]);
    expect((await step("1", { stepId: "s1", status: "picked", revision: 2 })).status).toBe(200);
    order("1", "confirmed", { revision: 3 });
    const changed = await step("1", { stepId: "s2", status: "fulfilled" });
    expect(refusal(changed)).toEqual([409, "order.changed", expect.stringContaining("picked from revision 2")]);
    expect((await till.ask("/v1/orders/1")).body.tell).toMatchObject([{ code: "changed-after-pick" }]);
    expect((await step("1", { stepId: "s2", status: "fulfilled", revision: 3 })).status).toBe(200);
  });
});

describe("a receipt that names an order", () => {
  const pickUp = (sequence: number, links: object[], change: object = {}): string =>
    saleLine({ sequence, change: { orders: links, ...change } });

  test("moves it here at once, so that it is not handed over a second time by a step", async () => {
    order("web:1", "picked", { orderId: "1", system: "web" });
    order("2", "picked");
    till.line = "offline";
    const links = [
      { orderId: "1", system: "web", action: "pickup" },
      { orderId: "2", action: "pickup" },
      { orderId: "none", action: "pickup" },
    ];
    for (const result of ["captured", "repeated"]) expect((await till.post(pickUp(1, links))).body.results).toMatchObject([{ result }]);
    for (const id of ["web:1", "2"])
      expect(refusal(await step(id, { stepId: `s-${id}`, status: "fulfilled" }))).toEqual([
        409,
        "order.step-refused",
        expect.stringContaining("handed over by till-1"),
      ]);
    const seen = (await till.ask("/v1/orders/2")).body;
    expect(seen).toMatchObject({
      order: { status: "fulfilled" },
      toldHere: [{ stepId: "receipt:17/3/2026-03-02/1:1", knownToCloud: false }],
    });
    // A correction of the receipt tells the same steps.
    expect((await till.post(pickUp(1, links, { receiptNumber: "R1b" }))).body.results).toMatchObject([{ result: "revision" }]);
    expect((await till.ask("/v1/orders/2")).body.toldHere).toHaveLength(1);
  });

  test("is taken whatever the order's state says of it; deposits and training move nothing", async () => {
    order("1", "cancelled", { cancelled: true });
    order("2", "picked");
    expect((await till.post(pickUp(1, [{ orderId: "1", action: "pickup" }]))).body.results).toMatchObject([{ result: "captured" }]);
    expect((await till.ask("/v1/orders/1")).body.tell).toMatchObject([{ code: "handed-over-after-cancel" }]);
    await till.post(pickUp(2, [{ orderId: "2", action: "deposit" }]));
    await till.post(pickUp(3, [{ orderId: "2", action: "pickup" }], { trainingMode: true }));
    expect((await till.ask("/v1/orders/2")).body).toMatchObject({ order: { status: "picked" }, toldHere: [] });
  });
});

describe("what staff are told", () => {
  test("offline: handed over here, the cloud does not know yet; once it does, nothing more", async () => {
    order("1", "picked", { due: "1250" });
    till.line = "offline";
    const offline = await step("1", { stepId: "s1", status: "fulfilled" });
    expect(offline.body.tell).toEqual([
      { code: "cloud-does-not-know", message: expect.stringContaining("Handed over here; the cloud does not know yet") },
      { code: "payment-due", message: "Still to be paid: 12.50 EUR." },
    ]);
    expect(offline.body).toMatchObject({ line: "down", toldHere: [{ stepId: "s1", knownToCloud: false }] });
    saveAcked(till.folder.store, "cloud", 1, { seq: seq(1), hash: toHex(till.folder.store.end.hash) });
    const later = (await till.ask("/v1/orders/1")).body;
    expect([later.toldHere[0].knownToCloud, later.tell.map(({ code }: { code: string }) => code)]).toEqual([true, ["payment-due"]]);
  });

  test("that head office has set the step aside, and what both tills did", async () => {
    order("1", "picked");
    await step("1", { stepId: "s1", status: "fulfilled" });
    saveVerdicts(till.folder.store, [{ n: 1, epoch: 1, seq: 1, kind: "set-aside", code: "order.transition-forbidden" }] as never);
    order("1", "fulfilled", { handOvers: [{ terminal: terminalId("till-2"), at: encodeHlc({ ms: 5, counter: 0 }) }], cancelled: true });
    const told = (await till.ask("/v1/orders/1")).body;
    expect(told.tell.map(({ code }: { code: string }) => code)).toEqual(["cloud-refused", "handed-over-twice"]);
    expect(told.order.handOvers.map(({ terminal }: { terminal: string }) => terminal)).toEqual(["till-2", TERMINAL]);
    expect(decodeHlc(told.order.handOvers[1].at).ms).toBe(till.folder.wallMs);
  });

  test("the list shows where orders stand here, also before the cloud says so", async () => {
    for (const id of ["1", "2", "3"]) order(id, "picked");
    till.line = "offline";
    await step("2", { stepId: "s", status: "fulfilled" });
    const ids = async (query: string): Promise<string[]> =>
      (await till.ask(`/v1/orders${query}`)).body.orders.map(({ order }: { order: { id: string } }) => order.id).toSorted();
    expect(await ids("?status=picked")).toEqual(["1", "3"]);
    expect(await ids("?status=fulfilled")).toEqual(["2"]);
    expect(await ids("?pickupCode=P2")).toEqual(["2"]);
    expect(await ids("?pickupCode=P2&status=picked")).toEqual([]);
    expect(await ids("?status=fulfilled&pickupCode=P1")).toEqual([]);
    expect(await ids("")).toEqual(["1", "2", "3"]);
    expect((await till.ask("/v1/orders?status=gone")).status).toBe(400);
  });
});

test("a terminal that is not enrolled takes no steps", async () => {
  await till.close();
  till = await openTestIntake({ enrolled: true, change: () => ({ enrolment: () => undefined }) });
  order("1", "picked");
  expect((await step("1", { stepId: "s1", status: "fulfilled" })).body.error.code).toBe("enrol.required");
  expect(entries()).toEqual([]);
});
