import { orderStatuses, TillsyncError } from "@tillsync/sync-protocol";
import { LIST_ROWS_MAX, listOrders, showOrder, type OrderHistory, type OrderRow } from "../orders/list-orders.ts";
import { listConflicts, listRefusals } from "../folds/list-conflicts.ts";
import { settleConflict } from "../folds/settle-conflict.ts";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { readCount } from "./read-count.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = { store: { type: "string" }, status: { type: "string" }, system: { type: "string" }, limit: { type: "string" } } as const;
type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];
const LIST_ROWS = 100;

export const orders: Command = {
  usage:
    "orders list [--store S] [--status STATUS] [--limit N] | show ID [--system S] | conflicts [--store S] [--limit N] | settle DOCUMENT  --data DIR|--database-url URL [--json]",
  summary: "Lists orders and where they stand; shows what was told of one, step by step; lists and settles what cannot both be right.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 2);
    const [action, orderId] = positionals;
    if (action === "list" && orderId === undefined) return list(values);
    if (action === "show" && orderId !== undefined) return show(values, orderId);
    if (action === "conflicts" && orderId === undefined) return conflicts(values);
    if (action === "settle" && orderId !== undefined) return settle(values, orderId);
    throw new TillsyncError("usage.invalid", "orders list, orders show ID, orders conflicts, or orders settle DOCUMENT");
  },
};

async function list(values: Values): Promise<number> {
  const limit = readCount(values.limit, "limit", LIST_ROWS, LIST_ROWS_MAX);
  const status = orderStatuses.find((known) => known === values.status);
  if (values.status !== undefined && status === undefined)
    throw new TillsyncError("usage.invalid", `--status: one of ${orderStatuses.join(", ")}`);
  const rows = await withDatabase(values, (db) => listOrders(db, { status, store: values.store, limit }));
  if (values.json) console.log(JSON.stringify({ orders: rows }));
  else for (const row of rows) console.log(line(row));
  return 0;
}

async function conflicts(values: Values): Promise<number> {
  const wish = { store: values.store, limit: readCount(values.limit, "limit", LIST_ROWS, LIST_ROWS_MAX) };
  const found = await withDatabase(values, async (db) => ({
    conflicts: await listConflicts(db, wish),
    refused: await listRefusals(db, wish),
  }));
  if (values.json) console.log(JSON.stringify(found));
  else {
    for (const { id, store, status, conflict, tills } of found.conflicts)
      console.log([id, store, status, conflict, tills.join(" ")].join("\t"));
    for (const row of found.refused) console.log(["refused", row.naturalKey, row.store, row.code, row.detail ?? ""].join("\t"));
  }
  return 0;
}

async function settle(values: Values, id: string): Promise<number> {
  const settled = await withDatabase(values, (db) => settleConflict(db, id, Date.now()));
  if (values.json) console.log(JSON.stringify(settled));
  else console.log([settled.id, settled.status, `settled ${settled.settled}`, settled.conflict ?? "no other conflict"].join("\t"));
  return 0;
}

async function show(values: Values, orderId: string): Promise<number> {
  const found = await withDatabase(values, (db) => showOrder(db, { orderId, system: values.system }));
  if (found.length === 0) throw new TillsyncError("order.unknown", orderId);
  if (values.json) console.log(JSON.stringify({ orders: found }));
  else for (const order of found) printHistory(order);
  return 0;
}

function printHistory(order: OrderHistory): void {
  console.log(line(order));
  for (const step of order.steps)
    console.log(
      ["", step.status, step.outcome, step.at ?? "", step.type, `${step.naturalKey} r${step.revision}`, step.terminalId].join("\t"),
    );
  for (const step of order.setAside) console.log(["", "set aside", step.detail ?? "", step.naturalKey ?? "", step.terminalId].join("\t"));
}

const line = (row: OrderRow): string =>
  [row.orderId, row.system ?? "", row.status, row.storeId, row.at ?? "", new Date(row.changedAtMs).toISOString()].join("\t");
