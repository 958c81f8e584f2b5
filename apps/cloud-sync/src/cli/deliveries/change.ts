import { readFile, stat } from "node:fs/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { retryDelivery, skipDelivery } from "../../destinations/deliveries.ts";
import { findDestination } from "../../destinations/destination.ts";
import { editDelivery } from "../../destinations/edit-delivery.ts";
import { releaseKey } from "../../destinations/release-key.ts";
import { retryDeliveries } from "../../destinations/retry-deliveries.ts";
import { databaseFlags, wake, whoRuns } from "../destinations/flags.ts";
import { required } from "../parse-flags.ts";
import { withDatabase } from "../with-database.ts";
import { readState, type Values } from "./flags.ts";

/** A canonical transaction in JSON is smaller than an entry may be, and that is a megabyte. */
const EDIT_BYTES_MAX = 2 * 1024 * 1024;

/** Runs a change and wakes the processes that have to see it. */
const changing = <T>(values: Values, work: (db: Database) => Promise<T>): Promise<T> =>
  withDatabase(databaseFlags(values), async (db) => {
    const done = await work(db);
    await wake(db);
    return done;
  });

const tell = (values: Values, document: object, line: string): number => {
  console.log(values.json ? JSON.stringify(document) : line);
  return 0;
};

export async function retry(values: Values, ids: readonly number[]): Promise<number> {
  await changing(values, async (db) => {
    for (const id of ids) await retryDelivery(db, id, whoRuns(), Date.now());
  });
  return tell(values, { retried: ids }, `${ids.length} will be tried again now`);
}

export async function retryAll(values: Values): Promise<number> {
  const name = required(values.destination, "destination");
  const state = readState(required(values.state, "state")) ?? "parked";
  const retried = await changing(values, async (db) => {
    const { key } = await findDestination(db, name);
    return retryDeliveries(db, { destination: key, state, who: whoRuns(), reason: values.reason }, Date.now);
  });
  return tell(values, { retried }, `${retried} will be tried again now`);
}

export async function skip(values: Values, id: number): Promise<number> {
  const reason = required(values.reason, "reason");
  await changing(values, (db) => skipDelivery(db, id, whoRuns(), reason, Date.now()));
  return tell(values, { skipped: id }, `${id} skipped`);
}

export async function edit(values: Values, id: number): Promise<number> {
  const reason = required(values.reason, "reason");
  const transaction = await readEdit(required(values.file, "file"));
  const changed = await changing(values, (db) => editDelivery(db, { id, transaction, who: whoRuns(), reason }, Date.now()));
  return tell(values, { edited: id, changed }, `${id} edited for this destination (${changed.join(", ")}); it will be tried again`);
}

export async function release(values: Values): Promise<number> {
  const name = required(values.destination, "destination");
  const orderingKey = required(values.key, "key");
  const reason = required(values.reason, "reason");
  const done = await changing(values, async (db) => {
    const { key } = await findDestination(db, name);
    return releaseKey(db, { destination: key, orderingKey, who: whoRuns(), reason }, Date.now());
  });
  const line = done.kind === "behind" ? `${orderingKey} goes on behind ${done.id}, which stays` : `${done.id} is sent without its cause`;
  return tell(values, { released: orderingKey, ...done }, line);
}

async function readEdit(path: string): Promise<unknown> {
  const refuse = (cause: unknown): never => {
    throw new TillsyncError("config.unreadable", path, { cause });
  };
  const { size } = await stat(path).catch(refuse);
  if (size > EDIT_BYTES_MAX) throw new TillsyncError("config.unreadable", `${path}: ${size} bytes, at most ${EDIT_BYTES_MAX}`);
  const text = (await readFile(path).catch(refuse)).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    // No cause: the parser quotes the text, and the text is a receipt.
    throw new TillsyncError("config.unreadable", `${path}: no JSON`);
  }
}
