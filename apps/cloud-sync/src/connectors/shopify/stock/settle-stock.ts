import type { SendResult } from "../../connector.ts";
import { isWindowPast } from "../../key-window.ts";
import type { Outcome } from "../../outcome.ts";
import type { ShopifyLine } from "../line.ts";
import { changeStock } from "./change-stock.ts";
import { readEntry, writeEntry, type StandingEntry, type StockEntry } from "./journal.ts";
import { findLevels, readLevels } from "./levels.ts";
import type { StockPart } from "./plan-stock.ts";

/** Shopify tells no time for which it remembers keys to those who read its schema: a day, as vendors that do tell promise. */
export const KEY_WINDOW_MS = 86_400_000;

/** Attempts in one send at a level that others keep changing. */
const ROUNDS_MAX = 3;

type Settled = Outcome<string> | Extract<SendResult, { kind: "mapping-missing" }>;

/**
 * Brings a part of a count or a movement to its end, once. Before stock is changed the journal says what it is changed
 * from; whatever becomes of the answer, the entry tells what to do next. The change's id, or its reference.
 */
export async function settleStock(line: ShopifyLine, part: StockPart): Promise<Settled> {
  const read = await readEntry(line, part.reference);
  if (read.kind !== "ok") return read;
  const standing = read.value;
  if (standing?.entry.state === "done") return { kind: "ok", value: standing.entry.group ?? part.reference };
  if (standing?.entry.state !== "begun") return attempt(line, part, standing?.entry.attempt ?? 0);
  if (isWindowPast(KEY_WINDOW_MS, [line.ports.nowMs() - standing.entry.atMs])) return settleOld(line, part, standing);
  // The key is remembered: the same request again is answered as the first one was, or is the first one.
  const again = await finish(line, standing.entry);
  if (again === "failed-before") return attempt(line, part, standing.entry.attempt);
  // Either others were faster than a request that got lost, or the key was forgotten sooner than we trust.
  return again === "stale" ? settleOld(line, part, standing) : again;
}

/** Attempts anew, from what the stock is now. */
async function attempt(line: ShopifyLine, part: StockPart, before: number): Promise<Settled> {
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const found = await findLevels(line, part);
    if (found.kind !== "ok") return found;
    const changes = part.levels.flatMap(({ sku, quantity }) => {
      const level = found.value.get(sku);
      if (level === undefined) return [];
      return [{ item: level.item, from: level.quantity, to: part.kind === "count" ? quantity : level.quantity + quantity }];
    });
    const { reference, kind, location, reason } = part;
    const common = { reference, kind, location, reason, atMs: line.ports.nowMs() };
    if (changes.length === 0) return conclude(line, { ...common, state: "begun", attempt: before, changes }, undefined);
    const begun = await writeEntry(line, { ...common, state: "begun", attempt: before + round, changes });
    if (begun.kind !== "ok") return begun;
    const ended = await finish(line, begun.value.entry);
    // A fresh key: nothing moved.
    if (ended !== "stale" && ended !== "failed-before") return ended;
  }
  return { kind: "theirs", detail: "others change the same stock all the time" };
}

/** Makes the changes of an entry, and says so in the journal. */
async function finish(line: ShopifyLine, entry: StockEntry): Promise<Outcome<string> | "stale" | "failed-before"> {
  const changed = await changeStock(line, entry);
  if (changed.kind !== "ok") return changed;
  if (changed.value.kind === "stale" || changed.value.kind === "failed-before") return changed.value.kind;
  if (changed.value.kind === "refused") {
    const written = await writeEntry(line, { ...entry, state: "refused" });
    return written.kind === "ok" ? { kind: "rejected", detail: `Shopify refuses the stock: ${changed.value.code}` } : written;
  }
  return conclude(line, entry, changed.value.group);
}

async function conclude(line: ShopifyLine, entry: StockEntry, group: string | undefined): Promise<Outcome<string>> {
  const written = await writeEntry(line, { ...entry, state: "done", ...(group === undefined ? {} : { group }) });
  return written.kind === "ok" ? { kind: "ok", value: group ?? entry.reference } : written;
}

/**
 * The key may be forgotten, and Shopify cannot be asked for a change: only the stock itself can tell. Where nothing has
 * touched it since, nothing was done; where it is what was counted, that is all that was wanted. Otherwise a person has to look.
 */
async function settleOld(line: ShopifyLine, part: StockPart, { entry, writtenAt }: StandingEntry): Promise<Settled> {
  const { kind, location, changes } = entry;
  const levels = await readLevels(line, { kind, location, ids: changes.map(({ item }) => item) });
  if (levels.kind !== "ok") return levels;
  const isUntouched = changes.every(({ item, from }) => {
    const level = levels.value.get(item);
    return level?.quantity === from && level.changedAt !== undefined && Date.parse(level.changedAt) < Date.parse(writtenAt);
  });
  if (isUntouched) return attempt(line, part, entry.attempt);
  if (kind === "count" && changes.every(({ item, to }) => levels.value.get(item)?.quantity === to)) return conclude(line, entry, undefined);
  return {
    kind: "rejected",
    detail: `whether the stock was moved cannot be told any more: look into the articles' history at Shopify for ${entry.reference} (destination.stock-unproven)`,
  };
}
