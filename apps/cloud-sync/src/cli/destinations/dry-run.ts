import { TillsyncError } from "@tillsync/sync-protocol";
import { dryRunDay, type DryRun } from "../../destinations/dry-run.ts";
import { required } from "../parse-flags.ts";
import { readBusinessDay } from "../read-business-day.ts";
import { readCount } from "../read-count.ts";
import { withDatabase } from "../with-database.ts";
import { databaseFlags, type Values } from "./flags.ts";
import { nameOrFile } from "./name-or-file.ts";

/** Receipts shown in full, unless another number is asked for. */
const SHOWN = 20;
const SHOWN_MAX = 1_000;

/** Exit 1 with `mapping.missing`, or `delivery.rejected`, when a receipt of the day could not be sent. */
export async function dryRun(values: Values, subject: string): Promise<number> {
  const businessDay = readBusinessDay(required(values["business-day"], "business-day"));
  const show = readCount(values.limit, "limit", SHOWN, SHOWN_MAX);
  const found = await withDatabase(databaseFlags(values), async (db) => {
    const { file, key } = await nameOrFile(db, values, subject);
    return dryRunDay(db, file, { businessDay, store: values.store, show, key });
  });
  const error = errorOf(found);
  if (values.json) console.log(JSON.stringify({ ...found, ...error?.toJSON() }));
  else print(found);
  if (error === undefined) return 0;
  console.error(`cloud-sync: ${error.message} [${error.code}]\n${error.entry.nextStep}`);
  return 1;
}

function errorOf(found: DryRun): TillsyncError | undefined {
  if (found.uncovered > 0) {
    const [first] = found.codes;
    return new TillsyncError("mapping.missing", `${found.uncovered} receipts, first ${first?.table ?? ""}: ${first?.code ?? ""}`);
  }
  return found.refused === 0 ? undefined : new TillsyncError("delivery.rejected", `${found.refused} receipts`);
}

function print(found: DryRun): void {
  console.log(`${found.destination} (${found.kind}), ${found.businessDay}: ${found.items} items`);
  console.log(`  ${found.sendable} would be sent in ${found.documents} documents, ${found.nothing} hold nothing for it`);
  for (const one of found.shown)
    for (const { what, reference, body } of one.requests)
      console.log(`${one.naturalKey}\trevision ${one.revision}\t${what}\t${reference}\t${JSON.stringify(body)}`);
  for (const { table, code, receipts } of found.codes) console.log(`MISSING\t${table}\t${code}\tin ${receipts} receipts`);
  for (const one of found.missing)
    console.log(`NOT COVERED\t${one.naturalKey}\trevision ${one.revision}\t${one.missing.map((m) => `${m.table}: ${m.code}`).join(", ")}`);
  for (const one of found.rejected) console.log(`REFUSED\t${one.naturalKey}\trevision ${one.revision}\t${one.detail}`);
  const listed = found.missing.length + found.rejected.length;
  if (listed < found.uncovered + found.refused) console.log(`${found.uncovered + found.refused - listed} more are not listed`);
}
