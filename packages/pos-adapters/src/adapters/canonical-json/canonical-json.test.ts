import { expect, test } from "vitest";
import { JSON_LINE_BYTES_MAX } from "../../kit/limits.ts";
import { parseAll } from "../../kit/testing/index.ts";
import { canonicalJson } from "./index.ts";

const parse = (text: string) => parseAll(canonicalJson, {}, new TextEncoder().encode(text));
const control = (sequence: number): string =>
  JSON.stringify({
    schemaVersion: 1,
    transactionType: "Control",
    identity: { store: "1", workstation: "2", businessDay: "2026-05-04", sequence: String(sequence) },
    status: "completed",
    control: { kind: "signOn" },
  });

test("a line at the limit is read, one past it is set aside, and the next is read", () => {
  const padded = (bytes: number): string => control(1).padEnd(bytes, " ");
  expect(parse(`${padded(JSON_LINE_BYTES_MAX)}\n${control(2)}\n`).map((o) => o.kind)).toEqual(["transaction", "transaction"]);
  const outputs = parse(`${padded(JSON_LINE_BYTES_MAX + 1)}\n${control(2)}\n`);
  expect(outputs.map((o) => (o.kind === "set-aside" ? o.code : o.kind))).toEqual(["capture.limit", "transaction"]);
});

test("a line far past the limit is dropped as it comes, in any pieces", () => {
  const bytes = new TextEncoder().encode(`{"a":"${"x".repeat(3 * JSON_LINE_BYTES_MAX)}"}\n${control(2)}\n`);
  const session = canonicalJson.open(
    {},
    {
      pseudonymise: () => {
        throw new Error("not needed");
      },
    },
  );
  const outputs = [];
  for (let at = 0; at < bytes.length; at += 65_536) outputs.push(...session.write(bytes.slice(at, at + 65_536)));
  outputs.push(...session.end());
  expect(outputs.map((o) => (o.kind === "set-aside" ? o.code : o.kind))).toEqual(["capture.limit", "transaction"]);
});

test.each([
  ["null", "capture.malformed"],
  ["12", "capture.malformed"],
  ["[".repeat(100_000), "capture.malformed"],
  ['{"__proto__":{"polluted":1},"schemaVersion":1}', "capture.field-invalid"],
  ['{"schemaVersion":"1"}', "entry.schema-unknown"],
])("sets %s aside", (line, code) => {
  expect(parse(`${line}\n${control(1)}\n`).map((o) => (o.kind === "set-aside" ? o.code : "ok"))).toEqual([code, "ok"]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("a line in another encoding is set aside alone", () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('{"a":"'), 0xe9, ...new TextEncoder().encode(`"}\n${control(1)}\n`)]);
  expect(parseAll(canonicalJson, {}, bytes).map((o) => (o.kind === "set-aside" ? o.code : "ok"))).toEqual(["capture.encoding", "ok"]);
});
