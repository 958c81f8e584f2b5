import { z } from "zod";
import type { DeliveryItem } from "../connector.ts";
import type { Outcome } from "../outcome.ts";
import { callMedusa, postMedusa, type MedusaLine } from "./line.ts";
import { isCredit, movementBody } from "./map.ts";
import type { PlannedMovement } from "./plan.ts";

const PAGE = 100;
/** Pages of one account that are read at most: far more than anyone shops in the time that is looked at. */
export const LEDGER_PAGES_MAX = 20;
/** Clocks of tills, of the cloud and of Medusa differ. */
const MARGIN_MS = 86_400_000;

const ledgerSchema = z.object({
  transactions: z.array(
    z.object({ id: z.string().min(1), type: z.string(), amount: z.number(), note: z.string().nullish(), created_at: z.string() }),
  ),
});

/** The moment before which nobody can have sent an item, in milliseconds since 1970. */
export function sinceOf({ receivedAtMs, transaction }: DeliveryItem): number {
  const end = transaction.end?.utc;
  return Math.min(receivedAtMs, end === undefined ? receivedAtMs : Date.parse(end)) - MARGIN_MS;
}

/** Id of the transaction under our reference in the account; undefined: it is not there. Newest first, back to `sinceMs`. */
export async function findMovement(line: MedusaLine, movement: PlannedMovement, sinceMs: number): Promise<Outcome<string | undefined>> {
  const path = `/admin/store-credit-accounts/${encodeURIComponent(movement.account)}/transactions`;
  for (let page = 0; page < LEDGER_PAGES_MAX; page += 1) {
    const query = { limit: String(PAGE), offset: String(page * PAGE), order: "-created_at", fields: "id,type,amount,note,created_at" };
    const read = await callMedusa(line, { method: "GET", path, query }, ledgerSchema);
    if (read.kind !== "ok") return read;
    const { transactions } = read.value;
    const found = transactions.find(({ note }) => note === movement.reference);
    if (found !== undefined) {
      const isSame = found.amount === movement.points && found.type === (isCredit(movement) ? "credit" : "debit");
      return isSame ? { kind: "ok", value: found.id } : { kind: "foreign", detail: "a movement of other points bears our reference" };
    }
    const oldest = transactions.at(-1)?.created_at;
    if (transactions.length < PAGE || oldest === undefined || Date.parse(oldest) < sinceMs) return { kind: "ok", value: undefined };
  }
  return { kind: "uncertain", detail: `more than ${LEDGER_PAGES_MAX} pages of an account` };
}

/** Moves a member's points, unless the account has the movement already. */
export async function movePoints(line: MedusaLine, movement: PlannedMovement, sinceMs: number): Promise<Outcome<string>> {
  const there = await findMovement(line, movement, sinceMs);
  if (there.kind !== "ok") return there;
  if (there.value !== undefined) return { kind: "ok", value: there.value };
  const path = `/admin/store-credit-accounts/${encodeURIComponent(movement.account)}/${isCredit(movement) ? "credit" : "debit"}`;
  const moved = await postMedusa(line, path, movementBody(movement), { field: "store_credit_account", id: movement.account });
  return moved.kind === "ok" ? { kind: "ok", value: movement.reference } : moved;
}
