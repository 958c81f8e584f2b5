import { userInfo } from "node:os";
import { TillsyncError } from "@tillsync/sync-protocol";
import {
  deliveryStates,
  LIST_ROWS_MAX,
  listDeliveries,
  retryDelivery,
  skipDelivery,
  type Delivery,
  type DeliveryState,
} from "../destinations/deliveries.ts";
import { readDestinationState } from "../destinations/destination.ts";
import { DESTINATIONS_TOPIC } from "../destinations/destination-name.ts";
import { notifyProcesses } from "../event-log/bridge-wake.ts";
import type { Command } from "./command.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { readCount } from "./read-count.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = {
  destination: { type: "string" },
  state: { type: "string" },
  reason: { type: "string" },
  after: { type: "string" },
  limit: { type: "string" },
} as const;
type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];

/** Ids of one command at most. */
const IDS_MAX = 1_000;
const LIST_ROWS = 100;

export const deliveries: Command = {
  usage:
    "deliveries list [--destination D] [--state parked|held|uncertain|retrying] [--after ID] [--limit N] | retry ID... | skip ID --reason TEXT  --data DIR|--database-url URL [--json]",
  summary: "Lists what has not simply arrived; tries it again, or decides that it need not arrive. Both are kept on record.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, IDS_MAX + 1);
    const [action, ...ids] = positionals;
    if (action === "list" && ids.length === 0) return list(values);
    if (action === "retry" && ids.length > 0) return retry(values, ids.map(readId));
    if (action === "skip" && ids.length === 1) return skip(values, readId(ids[0] ?? ""));
    throw new TillsyncError("usage.invalid", "deliveries list | retry ID... | skip ID --reason TEXT");
  },
};

async function list(values: Values): Promise<number> {
  const state = readState(values.state);
  const limit = readCount(values.limit, "limit", LIST_ROWS, LIST_ROWS_MAX);
  const after = readCount(values.after, "after", 0, Number.MAX_SAFE_INTEGER);
  const rows = await withDatabase(values, async (db) => {
    if (values.destination !== undefined) await readDestinationState(db, values.destination);
    return listDeliveries(db, { destination: values.destination, state, after, limit });
  });
  const next = rows.length === limit ? rows.at(-1)?.id : undefined;
  if (values.json) console.log(JSON.stringify({ deliveries: rows, ...(next === undefined ? {} : { next }) }));
  else {
    for (const row of rows) console.log(lineOf(row));
    if (next !== undefined) console.error(`more follow: --after ${next}`);
  }
  return 0;
}

const lineOf = (row: Delivery): string =>
  [row.id, row.destination, row.state, row.naturalKey, `attempts ${row.attempts}`, row.code ?? "", row.detail ?? ""].join("\t");

async function retry(values: Values, ids: readonly number[]): Promise<number> {
  await withDatabase(values, async (db) => {
    for (const id of ids) await retryDelivery(db, id, userInfo().username, Date.now());
    await notifyProcesses(db, [DESTINATIONS_TOPIC]);
  });
  console.log(values.json ? JSON.stringify({ retried: ids }) : `${ids.length} will be tried again now`);
  return 0;
}

async function skip(values: Values, id: number): Promise<number> {
  const reason = required(values.reason, "reason");
  await withDatabase(values, async (db) => {
    await skipDelivery(db, id, userInfo().username, reason, Date.now());
    await notifyProcesses(db, [DESTINATIONS_TOPIC]);
  });
  console.log(values.json ? JSON.stringify({ skipped: id }) : `${id} skipped`);
  return 0;
}

function readId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new TillsyncError("usage.invalid", `no delivery id: ${JSON.stringify(text)}`);
  return Number(text);
}

function readState(text: string | undefined): DeliveryState | undefined {
  const state = deliveryStates.find((known) => known === text);
  if (text !== undefined && state === undefined) throw new TillsyncError("usage.invalid", `--state: one of ${deliveryStates.join(", ")}`);
  return state;
}
