import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { addDestination, listDestinations, setDestinationState, type DestinationState } from "../destinations/destination.ts";
import { readDestinationFile } from "../destinations/destination-file.ts";
import { DESTINATIONS_TOPIC } from "../destinations/destination-name.ts";
import { startReplay } from "../destinations/replay.ts";
import { loadSeal } from "../destinations/seal.ts";
import { notifyProcesses } from "../event-log/bridge-wake.ts";
import { migrate } from "../db/migrate.ts";
import type { Command } from "./command.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = { from: { type: "string" }, to: { type: "string" }, store: { type: "string" } } as const;
type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];

export const destinations: Command = {
  usage:
    "destinations add FILE.json | list | pause NAME | resume NAME | replay NAME --from DAY|TIME --to DAY|TIME [--store S]  --data DIR|--database-url URL [--json]",
  summary: "Sets up the systems that transactions go to; pauses, resumes and replays them. A pause keeps everything.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 2);
    const [action, subject] = positionals;
    if (action === "list" && subject === undefined) return list(values);
    if (subject === undefined)
      throw new TillsyncError("usage.invalid", "destinations add FILE | list | pause NAME | resume NAME | replay NAME");
    if (action === "add") return add(values, subject);
    if (action === "pause") return setState(values, subject, "paused");
    if (action === "resume") return setState(values, subject, "active");
    if (action === "replay") return replay(values, subject);
    throw new TillsyncError("usage.invalid", `destinations ${action ?? ""}`);
  },
};

async function add(values: Values, path: string): Promise<number> {
  const file = await readDestinationFile(path);
  const name = file.common.name;
  const sealKey = process.env["TILLSYNC_SEAL_KEY"];
  if (values.data === undefined && sealKey === undefined)
    throw new TillsyncError("usage.invalid", "--data names the folder with the seal key, unless TILLSYNC_SEAL_KEY is set");
  await withDatabase(
    flagsOf(values),
    async (db) => {
      await migrate(db);
      await addDestination(db, file, await loadSeal(values.data ?? "", sealKey), Date.now());
      await wake(db);
    },
    { create: true },
  );
  console.log(values.json ? JSON.stringify({ destination: name }) : `${name} added; it gets everything from the beginning of the log`);
  return 0;
}

async function list(values: Values): Promise<number> {
  const rows = await withDatabase(flagsOf(values), listDestinations);
  if (values.json) console.log(JSON.stringify({ destinations: rows }));
  else for (const row of rows) console.log([row.name, row.kind, row.state, row.reason ?? ""].join("\t"));
  return 0;
}

async function setState(values: Values, name: string, state: DestinationState): Promise<number> {
  await withDatabase(flagsOf(values), async (db) => {
    await setDestinationState(db, name, { state }, Date.now());
    await wake(db);
  });
  console.log(values.json ? JSON.stringify({ destination: name, state }) : `${name} is ${state}`);
  return 0;
}

async function replay(values: Values, destination: string): Promise<number> {
  const wish = { destination, from: required(values.from, "from"), to: required(values.to, "to"), store: values.store };
  const id = await withDatabase(flagsOf(values), async (db) => {
    const started = await startReplay(db, wish, Date.now());
    await wake(db);
    return started;
  });
  console.log(values.json ? JSON.stringify({ replay: id }) : `replay ${id} of ${destination} is under way`);
  return 0;
}

/** `--data` may come beside `--database-url`: it then only holds the seal key. */
const flagsOf = (values: Values): Record<string, unknown> =>
  values["database-url"] === undefined ? values : { ...values, data: undefined };

const wake = (db: Database): Promise<unknown> => notifyProcesses(db, [DESTINATIONS_TOPIC]);
