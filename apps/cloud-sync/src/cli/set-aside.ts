import { TillsyncError } from "@tillsync/sync-protocol";
import { transactionsTopic } from "../event-log/wake.ts";
import { notifyProcesses } from "../event-log/bridge-wake.ts";
import { LIST_ROWS_MAX, listSetAside } from "../transactions/list-set-aside.ts";
import { retakeSetAside } from "../transactions/retake.ts";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { readCount } from "./read-count.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = { shard: { type: "string", default: "main" }, after: { type: "string" }, limit: { type: "string" } } as const;
type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];
const LIST_ROWS = 100;

export const setAside: Command = {
  usage: "set-aside list [--shard S] [--after POS] [--limit N] | retry  --data DIR|--database-url URL [--json]",
  summary: "Lists the entries that could not be taken up, with their reasons; looks at them again after a fix.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 1);
    if (positionals[0] === "list") return list(values);
    if (positionals[0] === "retry") return retry(values);
    throw new TillsyncError("usage.invalid", "set-aside list | retry");
  },
};

async function list(values: Values): Promise<number> {
  const limit = readCount(values.limit, "limit", LIST_ROWS, LIST_ROWS_MAX);
  const after = readCount(values.after, "after", 0, Number.MAX_SAFE_INTEGER);
  const rows = await withDatabase(values, (db) => listSetAside(db, { shard: values.shard, after, limit }));
  const next = rows.length === limit ? rows.at(-1)?.pos : undefined;
  if (values.json) console.log(JSON.stringify({ setAside: rows, ...(next === undefined ? {} : { next }) }));
  else {
    for (const row of rows)
      console.log([row.pos, row.terminalId, `${row.epoch}/${row.seq}`, row.naturalKey ?? "", row.code, row.detail ?? ""].join("\t"));
    if (next !== undefined) console.error(`more follow: --after ${next}`);
  }
  return 0;
}

async function retry(values: Values): Promise<number> {
  const done = await withDatabase(values, async (db) => {
    const retaken = await retakeSetAside(db, Date.now);
    await notifyProcesses(db, [transactionsTopic(values.shard)]);
    return retaken;
  });
  console.log(values.json ? JSON.stringify(done) : `${done.takenUp} taken up, ${done.stillOpen} still set aside`);
  return 0;
}
