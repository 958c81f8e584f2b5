import type { AdapterOutput } from "@tillsync/pos-adapters";
import { naturalKey, TillsyncError, type NaturalKey, type Transaction } from "@tillsync/sync-protocol";
import { MASK_MARGIN_BYTES, SET_ASIDE_BYTES_MAX } from "../../capture/limits.ts";
import type { Reader } from "../../capture/reader.ts";
import { sha256 } from "../../journal/hash.ts";
import { parseJson, refuseDeepJson, refusePrototypeKeys } from "../check-json.ts";
import { ROWS_MAX } from "../limits.ts";

/** One record of a request: a transaction with what makes it the same, or why it is none. */
export type Row = (
  | { readonly kind: "transaction"; readonly transaction: Transaction; readonly key: NaturalKey; readonly hash: Buffer }
  | { readonly kind: "set-aside"; readonly code: string; readonly detail: string | undefined }
) & {
  readonly range: readonly [number, number];
  /** The record's own bytes, card numbers masked, cut to what is kept. */
  readonly masked: () => Uint8Array;
};

const LF = 0x0a;

/**
 * Reads a request's body with the adapter that reads such lines from files: the same limits, the same masking of card
 * numbers, the same check of every field. Throws `intake.invalid` for nesting and names that no transaction has, and
 * for a body without records; `intake.too-large` past `ROWS_MAX`. Whatever else is wrong with a record concerns that record.
 */
export function readRows(reader: Reader, body: Uint8Array, form: "json" | "ndjson"): Row[] {
  refuseDeepJson(body, form);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  refusePrototypeKeys(text, form);
  const bytes = asLines(body, text, form);
  const session = reader.open();
  const outputs = [...session.write(bytes), ...session.end()];
  if (outputs.length === 0) throw new TillsyncError("intake.invalid", "no transaction");
  if (outputs.length > ROWS_MAX) throw new TillsyncError("intake.too-large", `${outputs.length} rows, at most ${ROWS_MAX}`);
  return outputs.map((output) => toRow(reader, bytes, output));
}

/** One document may be written over many lines, where the adapter wants one; and the last line has its end. */
function asLines(body: Uint8Array, text: string, form: "json" | "ndjson"): Uint8Array {
  if (form === "ndjson" || !body.includes(LF)) return body.at(-1) === LF ? body : Buffer.concat([body, Buffer.of(LF)]);
  const document = parseJson(text);
  // What is no JSON is one faulty record all the same, not one for each of its lines.
  return document === undefined ? Buffer.from(`${text.replaceAll(/[\r\n]+/g, " ")}\n`) : Buffer.from(`${JSON.stringify(document)}\n`);
}

function toRow(reader: Reader, bytes: Uint8Array, output: AdapterOutput): Row {
  const [start, end] = output.range;
  const masked = (): Uint8Array =>
    reader.mask(bytes.subarray(start, Math.min(end, start + SET_ASIDE_BYTES_MAX + MASK_MARGIN_BYTES))).subarray(0, SET_ASIDE_BYTES_MAX);
  if (output.kind === "set-aside") return { kind: "set-aside", code: output.code, detail: output.detail, range: output.range, masked };
  const { transaction, range } = output;
  // What moves stored value is written by the agent itself, with the counter that covers it.
  if (transaction.transactionType === "StoredValue")
    return { kind: "set-aside", code: "capture.field-invalid", detail: "transactionType: see /v1/redemptions", range, masked };
  return {
    kind: "transaction",
    transaction,
    key: naturalKey(transaction.identity),
    hash: sha256(JSON.stringify(transaction)),
    range,
    masked,
  };
}
