import { ENTRY_BYTES_MAX, TEXT_MAX, transactionSchema, type ErrorCode } from "@tillsync/sync-protocol";
import type { z } from "zod";
import type { AdapterOutput, DraftOutput } from "./adapter.ts";
import { maskCardNumbers, maskIdentifier, maskItemCode } from "./cards/mask-card-numbers.ts";
import { cutText } from "./cut-text.ts";
import { setAside } from "./record-error.ts";

/** Room that the entry's own fields (capture, sequence, clock) take beside the transaction. */
const ENTRY_OVERHEAD_BYTES = 4 * 1024;
/** A transaction with fewer parts than this cannot reach `ENTRY_BYTES_MAX`; measuring it would cost for nothing. */
const PARTS_WORTH_MEASURING = 100;

/** Cuts, masks and checks one output. See `defineAdapter`. */
export function finishOutput(output: DraftOutput): AdapterOutput {
  if (output.kind === "set-aside") {
    return output.detail === undefined ? output : { ...output, detail: cutText(maskCardNumbers(output.detail).text) };
  }
  const parsed = transactionSchema.safeParse(cleanse(output.draft, ""));
  if (!parsed.success) return setAside(codeOf(parsed.error.issues[0]), output.range, describe(parsed.error.issues[0]));
  // What moves stored value is written by the agent itself, with the counter that covers it: no source is believed here.
  if (parsed.data.transactionType === "StoredValue")
    return setAside("capture.field-invalid", output.range, "transactionType: not captured but redeemed, see /v1/redemptions");
  if (isTooLarge(parsed.data)) return setAside("capture.limit", output.range, "transaction");
  return { kind: "transaction", transaction: parsed.data, range: output.range };
}

/** Fields whose content is an article code, where 13 and 14 digits are a GTIN far more often than a card. */
const ITEM_CODES: ReadonlySet<string> = new Set(["itemId", "gtin", "scanData"]);
/** Free text of the model, which is cut; ids are not, since a cut id is another id. */
const TEXTS: ReadonlySet<string> = new Set(["description", "reason", "returnReason", "exemptReason"]);

/** A copy without `undefined`, with texts cut and card numbers masked. Keys are left alone: the model fixes them. */
function cleanse(value: unknown, key: string, parent = ""): unknown {
  if (typeof value === "string") {
    if (ITEM_CODES.has(key)) return maskItemCode(value);
    if (parent === "identity") return maskIdentifier(value);
    const masked = maskCardNumbers(value).text;
    return TEXTS.has(key) || parent === "extensions" ? cutText(masked, TEXT_MAX) : masked;
  }
  if (Array.isArray(value)) return value.map((item) => cleanse(item, key));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  const inside = key === "extensions" || parent === "extensions" ? "extensions" : key === "identity" ? "identity" : "";
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) copy[inside === "extensions" ? maskCardNumbers(name).text : name] = cleanse(item, name, inside);
  }
  return copy;
}

/** The model's error as one of capture: what is missing, what is no amount, what is simply wrong. */
function codeOf(issue: z.core.$ZodIssue | undefined): ErrorCode {
  const field = issue?.path.at(-1);
  if (issue?.code === "invalid_type" && issue.message.endsWith("received undefined")) return "capture.field-missing";
  if (issue?.code === "too_big" && issue.path.length === 1) return "capture.limit";
  if (field === "currency") return "capture.currency-unknown";
  return field === "amount" || field === "extendedAmount" || field === "grand" ? "capture.amount-invalid" : "capture.field-invalid";
}

function describe(issue: z.core.$ZodIssue | undefined): string | undefined {
  return issue === undefined ? undefined : `${issue.path.map(String).join(".")}: ${issue.message}`;
}

function isTooLarge(transaction: z.infer<typeof transactionSchema>): boolean {
  const parts = "lines" in transaction ? transaction.lines.length + transaction.tenders.length + (transaction.adjustments?.length ?? 0) : 0;
  const items = transaction.transactionType === "Inventory" ? transaction.inventory.items.length : 0;
  if (parts + items < PARTS_WORTH_MEASURING) return false;
  const text = JSON.stringify(transaction);
  // Three bytes are the most that one UTF-16 unit takes in UTF-8: only a long text has to be counted exactly.
  return (
    text.length * 3 > ENTRY_BYTES_MAX - ENTRY_OVERHEAD_BYTES &&
    new TextEncoder().encode(text).length > ENTRY_BYTES_MAX - ENTRY_OVERHEAD_BYTES
  );
}
