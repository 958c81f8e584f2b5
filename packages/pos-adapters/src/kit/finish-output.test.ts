import { TEXT_MAX } from "@tillsync/sync-protocol";
import { expect, test } from "vitest";
import { cutText } from "./cut-text.ts";
import { finishOutput } from "./finish-output.ts";

const draft = (more: object = {}): object => ({
  schemaVersion: 1,
  transactionType: "Control",
  identity: { store: "1", workstation: "2", businessDay: "2026-05-04", sequence: "1" },
  status: "completed",
  control: { kind: "signOn" },
  ...more,
});
const finish = (value: unknown) => finishOutput({ kind: "transaction", draft: value, range: [0, 9] });

test("cuts texts at the limit and marks the cut, never inside a character", () => {
  expect(cutText("a".repeat(TEXT_MAX))).toBe("a".repeat(TEXT_MAX));
  expect(cutText("a".repeat(TEXT_MAX + 1))).toBe(`${"a".repeat(TEXT_MAX - 1)}…`);
  expect(cutText(`${"a".repeat(TEXT_MAX - 2)}😀😀`)).toBe(`${"a".repeat(TEXT_MAX - 2)}…`);
  const output = finish(draft({ control: { kind: "signOn", reason: "b".repeat(TEXT_MAX + 1) } }));
  expect(output).toMatchObject({ kind: "transaction", transaction: { control: { reason: `${"b".repeat(TEXT_MAX - 1)}…` } } });
});

test.each([
  [draft({ identity: { store: "1", workstation: "2", sequence: "1" } }), "capture.field-missing", "identity.businessDay"],
  [
    draft({ identity: { store: "1", workstation: "2", businessDay: "2026-05-04", sequence: "a b" } }),
    "capture.field-invalid",
    "identity.sequence",
  ],
  [draft({ unknown: 1 }), "capture.field-invalid", "unknown"],
])("sets aside what does not fit the model, naming the field", (value, code, field) => {
  const output = finish(value);
  expect(output).toMatchObject({ kind: "set-aside", code, range: [0, 9] });
  expect(output.kind === "set-aside" ? output.detail : "").toContain(field);
});

test("believes no source that tells of stored value", () => {
  const storedValue = {
    kind: "toppedUp",
    account: { kind: "giftCard", id: "g" },
    amount: "100000",
    unit: "EUR",
    redemptionId: "x",
    epoch: 1,
  };
  const output = finish(draft({ transactionType: "StoredValue", control: undefined, storedValue }));
  expect(output).toMatchObject({ kind: "set-aside", code: "capture.field-invalid", detail: expect.stringContaining("transactionType") });
});

test("sets aside a transaction that no entry can hold", () => {
  const item = { itemId: "A", description: "x".repeat(900), quantity: { value: "1", uom: "EA" } };
  const inventory = (n: number): object =>
    draft({ transactionType: "Inventory", control: undefined, inventory: { kind: "count", items: Array.from({ length: n }, () => item) } });
  expect(finish(inventory(1_000))).toMatchObject({ kind: "transaction" });
  expect(finish(inventory(1_200))).toMatchObject({ kind: "set-aside", code: "capture.limit" });
});

test("leaves no card number in the reason for setting aside", () => {
  const output = finishOutput({ kind: "set-aside", code: "capture.malformed", detail: "at 4111111111111111", range: [0, 1] });
  expect(output).toMatchObject({ detail: "at ************1111" });
});
