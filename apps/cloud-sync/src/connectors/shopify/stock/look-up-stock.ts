import type { LookUpResult } from "../../connector.ts";
import { asLookUp } from "../../outcome.ts";
import type { ShopifyLine } from "../line.ts";
import { readEntry } from "./journal.ts";
import type { StockPart } from "./plan-stock.ts";

/** What the journal says of each part. One that was begun is unfinished: `send` finds out what became of it. */
export async function lookUpStock(line: ShopifyLine, parts: readonly StockPart[]): Promise<LookUpResult> {
  const seen: ("done" | "begun" | "none")[] = [];
  let vendorId: string | undefined;
  for (const { reference } of parts) {
    const read = await readEntry(line, reference);
    if (read.kind !== "ok") return asLookUp(read);
    const entry = read.value?.entry;
    seen.push(entry === undefined || entry.state === "refused" ? "none" : entry.state);
    vendorId ??= entry?.state === "done" ? (entry.group ?? reference) : undefined;
  }
  if (seen.every((state) => state === "none")) return { kind: "absent" };
  const first = vendorId ?? parts[0]?.reference ?? "";
  return seen.every((state) => state === "done") ? { kind: "found", vendorId: first } : { kind: "unfinished", vendorId: first };
}
