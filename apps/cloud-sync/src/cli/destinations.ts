import { TillsyncError } from "@tillsync/sync-protocol";
import { auditDestination, type AuditAction } from "../destinations/audit.ts";
import {
  addDestination,
  findDestination,
  listDestinations,
  setDestinationState,
  type DestinationState,
} from "../destinations/destination.ts";
import { readDestinationFile } from "../destinations/destination-file.ts";
import { REPLAY_RATE_MAX, startReplay } from "../destinations/replay.ts";
import type { Command } from "./command.ts";
import { dryRun } from "./destinations/dry-run.ts";
import { databaseFlags, FLAGS, sealOf, wake, whoRuns, type Values } from "./destinations/flags.ts";
import { remove } from "./destinations/remove.ts";
import { show } from "./destinations/show.ts";
import { test } from "./destinations/test.ts";
import { update } from "./destinations/update.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { readCount } from "./read-count.ts";
import { withDatabase } from "./with-database.ts";

const ACTIONS: Readonly<Record<string, (values: Values, subject: string) => Promise<number>>> = {
  add,
  show,
  update,
  remove,
  test,
  "dry-run": dryRun,
  replay,
  pause: (values, name) => setState(values, name, "paused", "pause"),
  resume: (values, name) => setState(values, name, "active", "resume"),
};

export const destinations: Command = {
  usage: `destinations list | add FILE.json | show NAME | update FILE.json | test NAME|FILE.json
      | dry-run NAME|FILE.json --business-day D [--store S] [--limit N] | pause NAME | resume NAME
      | replay NAME --from DAY|TIME --to DAY|TIME [--store S] [--key ORDERING-KEY] [--type TYPE] [--rate PER-SECOND]
      | remove NAME --reason TEXT [--force]
      --data DIR|--database-url URL [--json]`,
  summary:
    "Sets up the systems that transactions go to; changes, tests, pauses, resumes, replays and removes them. A pause keeps everything.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 2);
    const [action = "", subject] = positionals;
    if (action === "list" && subject === undefined) return list(values);
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (act === undefined || subject === undefined)
      throw new TillsyncError("usage.invalid", `destinations list | ${Object.keys(ACTIONS).join(" | ")}, each with a name or file`);
    return act(values, subject);
  },
};

async function add(values: Values, path: string): Promise<number> {
  const file = await readDestinationFile(path);
  const { name } = file.common;
  const seal = await sealOf(values);
  await withDatabase(
    databaseFlags(values),
    async (db) => {
      await addDestination(db, file, seal, Date.now(), whoRuns());
      await wake(db);
    },
    { create: true },
  );
  console.log(values.json ? JSON.stringify({ destination: name }) : `${name} added; it gets everything from the beginning of the log`);
  return 0;
}

async function list(values: Values): Promise<number> {
  const rows = await withDatabase(databaseFlags(values), listDestinations);
  const shown = rows.map(({ name, kind, state, reason }) => ({ name, kind, state, ...(reason === undefined ? {} : { reason }) }));
  if (values.json) console.log(JSON.stringify({ destinations: shown }));
  else for (const row of shown) console.log([row.name, row.kind, row.state, row.reason ?? ""].join("\t"));
  return 0;
}

async function setState(values: Values, name: string, state: DestinationState, action: AuditAction): Promise<number> {
  await withDatabase(databaseFlags(values), async (db) => {
    await db.transaction(async (tx) => {
      const { key } = await findDestination(tx, name);
      const changed = await setDestinationState(tx, key, { state }, Date.now());
      if (changed) await auditDestination(tx, key, { action, who: whoRuns(), reason: values.reason }, Date.now());
    });
    await wake(db);
  });
  console.log(values.json ? JSON.stringify({ destination: name, state }) : `${name} is ${state}`);
  return 0;
}

async function replay(values: Values, name: string): Promise<number> {
  const { store, key: orderingKey, type } = values;
  const rate = values.rate === undefined ? undefined : readCount(values.rate, "rate", 1, REPLAY_RATE_MAX);
  const range = { from: required(values.from, "from"), to: required(values.to, "to"), store, orderingKey, type, rate };
  const id = await withDatabase(databaseFlags(values), async (db) => {
    const { key } = await findDestination(db, name);
    const started = await startReplay(db, { destination: key, ...range }, Date.now());
    const filters = Object.entries({ store, key: orderingKey, type }).flatMap(([name, value]) =>
      value === undefined ? [] : [` ${name} ${value}`],
    );
    const detail = `${range.from} to ${range.to}${filters.join("")}`;
    await auditDestination(db, key, { action: "replay", who: whoRuns(), reason: values.reason, detail }, Date.now());
    await wake(db);
    return started;
  });
  console.log(values.json ? JSON.stringify({ replay: id }) : `replay ${id} of ${name} is under way`);
  return 0;
}
