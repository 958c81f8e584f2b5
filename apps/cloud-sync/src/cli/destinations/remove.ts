import { removeDestination } from "../../destinations/remove-destination.ts";
import { required } from "../parse-flags.ts";
import { withDatabase } from "../with-database.ts";
import { databaseFlags, wake, whoRuns, type Values } from "./flags.ts";

export async function remove(values: Values, name: string): Promise<number> {
  const wish = { name, reason: required(values.reason, "reason"), force: values.force, who: whoRuns() };
  const done = await withDatabase(databaseFlags(values), async (db) => {
    const removal = await removeDestination(db, wish, Date.now());
    await wake(db);
    return removal;
  });
  console.log(
    values.json ? JSON.stringify(done) : `${name} removed; ${done.closed} deliveries were closed unsent. Receipts and record stay.`,
  );
  return 0;
}
