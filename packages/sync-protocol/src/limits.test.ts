import { describe, expect, test } from "vitest";
import {
  AMOUNT_DIGITS_MAX,
  BATCH_BYTES_MAX,
  BATCH_ENTRIES_MAX,
  BATCH_WIRE_BYTES_MAX,
  ENTRY_BYTES_MAX,
  EXTENSIONS_BYTES_MAX,
  HELLO_JOURNALS_MAX,
  IN_FLIGHT_MAX,
  ORDER_STATUS_LINES_MAX,
  PUSH_HEADER_BYTES_MAX,
  TEXT_MAX,
  TRANSACTION_LINES_MAX,
  VERDICTS_MAX,
} from "./limits.ts";
import { helloAckSchema, helloSchema, sendLimitsSchema } from "./messages/hello.ts";
import { pushAckSchema } from "./messages/push-ack.ts";
import { orderStatusSchema } from "./model/order-status.ts";
import { textSchema } from "./model/parts.ts";
import { isRetail, transactionSchema } from "./model/transaction.ts";
import { sampleSale } from "./testing/sample.ts";

const hash = "0".repeat(64);
const verdicts = (count: number) => Array.from({ length: count }, (_, i) => ({ n: i + 1, epoch: 1, seq: 1, kind: "set-aside" }));
const journals = (count: number) => Array.from({ length: count }, (_, i) => ({ epoch: i + 1, seq: 0, hash }));
const hello = (count: number) => ({
  versions: [1],
  terminal: "till-1",
  agentVersion: "1",
  wallMs: 0,
  journals: journals(count),
  verdictsAfter: 0,
});
const ack = (count: number) => ({
  outcome: "stored",
  head: { seq: 1, hash },
  maxEpoch: 1,
  serverTimeMs: 0,
  verdicts: verdicts(count),
  verdictsMore: false,
});
const helloAck = (count: number) => ({
  version: 1,
  store: "s",
  serverTimeMs: 0,
  journals: [],
  maxEpoch: 0,
  limits: bounds(),
  verdicts: verdicts(count),
  verdictsMore: true,
});
const bounds = (more: object = {}) => ({
  batchEntriesMax: BATCH_ENTRIES_MAX,
  batchBytesMax: BATCH_BYTES_MAX,
  inFlightMax: IN_FLIGHT_MAX,
  ...more,
});
const sale = () => {
  const transaction = sampleSale();
  if (!isRetail(transaction)) throw new Error("the sample is a sale");
  return transaction;
};
const withLines = (count: number) => ({ ...sale(), lines: Array.from({ length: count }, () => sale().lines[2]) });
const withOrderLines = (count: number) => ({
  orderId: "4711",
  status: "picked",
  lines: Array.from({ length: count }, () => ({ itemId: "77", quantity: { value: "1", uom: "EA" } })),
  at: { local: "2017-10-01T11:20:00", quality: "local" },
});
/** Extensions of exactly so many bytes, one of its characters two bytes long. */
const withExtensions = (bytes: number) => {
  const frame = JSON.stringify({ v: Object.fromEntries(Array.from({ length: 66 }, (_, i) => [`k${i}`, ""])) }).length;
  const left = bytes - frame;
  const values = Array.from({ length: 66 }, (_, i) => "x".repeat(Math.max(0, Math.min(1_000, left - i * 1_000))));
  return { ...sale(), extensions: { v: Object.fromEntries(values.map((value, i) => [`k${i}`, i === 0 ? `é${value.slice(2)}` : value])) } };
};

describe("at the limit and one past it", () => {
  test.each([
    ["verdicts in an answer to a batch", pushAckSchema, ack, VERDICTS_MAX],
    ["verdicts in an answer to a hello", helloAckSchema, helloAck, VERDICTS_MAX],
    ["journals in a hello", helloSchema, hello, HELLO_JOURNALS_MAX],
    ["batches under way", sendLimitsSchema, (n: number) => bounds({ inFlightMax: n }), IN_FLIGHT_MAX],
    ["entries that a batch may be told to have", sendLimitsSchema, (n: number) => bounds({ batchEntriesMax: n }), BATCH_ENTRIES_MAX],
    ["bytes that a batch may be told to have", sendLimitsSchema, (n: number) => bounds({ batchBytesMax: n }), BATCH_BYTES_MAX],
    ["lines of a transaction", transactionSchema, withLines, TRANSACTION_LINES_MAX],
    ["lines of a step of an order", orderStatusSchema, withOrderLines, ORDER_STATUS_LINES_MAX],
    ["free text", textSchema, (n: number) => "é".repeat(n), TEXT_MAX],
    ["bytes of extensions", transactionSchema, withExtensions, EXTENSIONS_BYTES_MAX],
  ] as const)("%s", (_, schema, make, limit) => {
    const at = schema.safeParse(make(limit));
    expect(at.error?.issues).toBeUndefined();
    expect(schema.safeParse(make(limit + 1)).success).toBe(false);
  });
});

test("the limits fit each other", () => {
  expect(ENTRY_BYTES_MAX + PUSH_HEADER_BYTES_MAX + 2).toBeLessThanOrEqual(BATCH_BYTES_MAX);
  expect(BATCH_WIRE_BYTES_MAX).toBeLessThanOrEqual(BATCH_BYTES_MAX);
  expect(10 ** AMOUNT_DIGITS_MAX).toBeLessThan(Number.MAX_SAFE_INTEGER);
});
