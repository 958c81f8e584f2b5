import { supportNumberSchema, TillsyncError, type SupportNumber } from "@tillsync/sync-protocol";
import { findRequests, LIST_ROWS_MAX, listRequests, type SupportDetail, type SupportRow } from "../support-requests/list-requests.ts";
import { resolveRequest } from "../support-requests/resolve-request.ts";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { readCount } from "./read-count.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = {
  all: { type: "boolean", default: false },
  store: { type: "string" },
  terminal: { type: "string" },
  note: { type: "string" },
  limit: { type: "string" },
} as const;
type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];
const LIST_ROWS = 100;

export const support: Command = {
  usage:
    "support list [--all] [--store S] [--limit N] | show NUMBER [--terminal T] | resolve NUMBER [--terminal T] [--note TEXT]  --data DIR|--database-url URL [--json]",
  summary: "Lists what staff handed to IT; shows one by the number that they read out; marks it as settled.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 2);
    const [action, number] = positionals;
    if (action === "list" && number === undefined) return list(values);
    if (action === "show" && number !== undefined) return show(values, readNumber(number));
    if (action === "resolve" && number !== undefined) return resolve(values, readNumber(number));
    throw new TillsyncError("usage.invalid", "support list, support show NUMBER, or support resolve NUMBER");
  },
};

async function list(values: Values): Promise<number> {
  const limit = readCount(values.limit, "limit", LIST_ROWS, LIST_ROWS_MAX);
  const rows = await withDatabase(values, (db) => listRequests(db, { all: values.all, store: values.store, limit }));
  if (values.json) console.log(JSON.stringify({ requests: rows }));
  else for (const row of rows) console.log(lineOf(row));
  return 0;
}

async function show(values: Values, number: SupportNumber): Promise<number> {
  const requests = await withDatabase(values, (db) => findRequests(db, number, values.terminal));
  if (requests.length === 0) throw new TillsyncError("support.number-unknown", number);
  if (values.json) console.log(JSON.stringify({ requests }));
  else for (const request of requests) print(request);
  return 0;
}

async function resolve(values: Values, number: SupportNumber): Promise<number> {
  const wish = { number, terminal: values.terminal, resolution: values.note };
  const settled = await withDatabase(values, (db) => resolveRequest(db, wish, Date.now()));
  if (values.json) console.log(JSON.stringify({ requests: [settled] }));
  else console.log(lineOf(settled));
  return 0;
}

function readNumber(text: string): SupportNumber {
  const parsed = supportNumberSchema.safeParse(text);
  if (!parsed.success) throw new TillsyncError("usage.invalid", parsed.error.issues[0]?.message);
  return parsed.data;
}

function print(request: SupportDetail): void {
  console.log(lineOf(request));
  for (const item of request.items)
    console.log(
      ["", item.id, item.at, item.code, item.detail ?? "", item.source ?? "", item.name ?? "", `${item.times} times`]
        .map(printable)
        .join("\t"),
    );
  if (request.itemsTotal > request.items.length)
    console.log(`\t${request.itemsTotal - request.items.length} more are listed at the terminal`);
}

const lineOf = (row: SupportRow): string =>
  [
    row.number,
    row.storeId,
    row.terminalId,
    new Date(row.receivedAtMs).toISOString(),
    row.resolvedAtMs === null ? "open" : "resolved",
    `${row.itemsTotal} items`,
    row.note,
    row.resolution ?? "",
  ]
    .map(printable)
    .join("\t")
    .trimEnd();

/** Staff wrote it: nothing in it moves a cursor, colours a screen or turns a line around. */
const printable = (value: string | number): string => String(value).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ");
