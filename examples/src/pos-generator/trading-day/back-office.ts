import { transactionSchema, type Identity, type Transaction } from "@tillsync/sync-protocol";
import { sum } from "../money.ts";
import { ASSORTMENT, CURRENCY } from "./assortment.ts";
import { posTime, quantityText } from "./build-receipt.ts";
import { nextRecord, type DayState } from "./day-state.ts";
import { sumTenders } from "./ledger.ts";

const record = ({ identity, end }: { identity: Identity; end: string }, rest: object): Transaction =>
  transactionSchema.parse({ schemaVersion: 1, identity, status: "completed", end: posTime(end), ...rest });

/** Goods that move without a sale: a delivery, a count, waste, an adjustment, a transfer. */
export function moveStock(state: DayState): Transaction {
  const { random } = state;
  const kind = random.pick(["receiving", "count", "waste", "adjustment", "transferIn", "transferOut"]);
  const goods = random.shuffle(ASSORTMENT.filter((item) => item.itemType === "stock")).slice(0, random.int(1, 4));
  const takesOut = kind === "waste" || kind === "transferOut" || (kind === "adjustment" && random.chance(50));
  const items = goods.map((item) => {
    const milli = item.uom === "KGM" ? BigInt(random.int(200, 9_000)) : BigInt(random.int(1, 48)) * 1_000n;
    return {
      itemId: item.itemId,
      description: item.description,
      quantity: { value: quantityText(takesOut ? -milli : milli), uom: item.uom },
    };
  });
  return record(nextRecord(state), { transactionType: "Inventory", inventory: { kind, items } });
}

export const openStore = (state: DayState): Transaction =>
  record(nextRecord(state, state.workstations[0]), { transactionType: "Control", control: { kind: "storeOpen" } });

/** Every till's Z report with its own totals, and the end of the store's day. */
export function closeDay(state: DayState): Transaction[] {
  const tills = state.workstations.flatMap((workstation) => {
    const standing = state.ledger.standing(workstation);
    const totals = {
      currency: CURRENCY,
      exponent: 2,
      count: standing.length,
      grand: sum(standing.map((receipt) => BigInt(receipt.grand))).toString(),
      byTender: sumTenders(standing),
    };
    return [
      record(nextRecord(state, workstation), { transactionType: "Control", control: { kind: "zReport", reportNumber: "1", totals } }),
      record(nextRecord(state, workstation), { transactionType: "Control", control: { kind: "tillClose" } }),
    ];
  });
  return [...tills, record(nextRecord(state, state.workstations[0]), { transactionType: "Control", control: { kind: "storeClose" } })];
}
