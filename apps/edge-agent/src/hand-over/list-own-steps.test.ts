import { seq, terminalId, toHex, type OrderStatus } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dropDocument, putDocument, STORE, TERMINAL } from "../intake/testing/fill-reference.ts";
import { openTestIntake, type TestIntake } from "../intake/testing/open-test-intake.ts";
import { saveAcked, saveVerdicts } from "../journal/acknowledge.ts";
import { CLOUD } from "../replicator/replica-journal.ts";
import { OWN_STEPS_MAX, ownStepsAnswerSchema } from "../window-api/own-steps.ts";
import { listOwnSteps } from "./list-own-steps.ts";

let till: TestIntake;
beforeEach(async () => {
  till = await openTestIntake({ enrolled: true });
});
afterEach(() => till.close());

const order = (id: string, status: OrderStatus): void =>
  putDocument(till.reference, "orders", id, {
    orderId: id,
    storeId: STORE,
    status,
    lines: [{ itemId: "a", quantity: { value: "2", uom: "EA" } }],
    currency: "EUR",
    exponent: 2,
    total: "4200",
    due: "0",
    revision: 3,
  });
const step = (id: string, stepId: string, status: OrderStatus): Promise<unknown> =>
  till.ask(`/v1/orders/${id}/steps`, {
    method: "POST",
    body: JSON.stringify({ stepId, status }),
    headers: { "content-type": "application/json" },
  });
const list = () => ownStepsAnswerSchema.parse(listOwnSteps(till.folder.store, terminalId(TERMINAL)));

test("tells the last steps that were taken here, and what head office has of them", async () => {
  expect(listOwnSteps(till.folder.store, undefined)).toEqual({ terminalId: null, steps: [] });
  order("1", "picked");
  order("2", "confirmed");
  await step("1", "s1", "fulfilled");
  await step("2", "s2", "picked");
  dropDocument(till.reference, "orders", "1");
  expect(list()).toMatchObject({
    terminalId: TERMINAL,
    steps: [
      { orderId: "2", status: "picked", revision: 3, knownToCloud: false, setAsideCode: null },
      { orderId: "1", status: "fulfilled", knownToCloud: false },
    ],
  });
  saveAcked(till.folder.store, CLOUD, 1, { seq: seq(1), hash: toHex(till.folder.store.end.hash) });
  saveVerdicts(till.folder.store, [{ n: 1, epoch: 1, seq: seq(1), kind: "set-aside", code: "order.transition-forbidden" }] as never);
  expect(list().steps).toMatchObject([
    { orderId: "2", knownToCloud: false, setAsideCode: null },
    { orderId: "1", knownToCloud: true, setAsideCode: "order.transition-forbidden" },
  ]);
});

test("tells no more than a window can show", async () => {
  for (let i = 0; i <= OWN_STEPS_MAX; i += 1) {
    order(`o${i}`, "picked");
    await step(`o${i}`, `s${i}`, "fulfilled");
  }
  const { steps } = list();
  expect(steps).toHaveLength(OWN_STEPS_MAX);
  expect(steps[0]?.orderId).toBe(`o${OWN_STEPS_MAX}`);
});
