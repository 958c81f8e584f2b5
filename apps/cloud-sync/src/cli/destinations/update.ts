import { readDestinationFields } from "../../destinations/destination-file.ts";
import { updateDestination } from "../../destinations/update-destination.ts";
import { withDatabase } from "../with-database.ts";
import { databaseFlags, sealOf, wake, whoRuns, type Values } from "./flags.ts";

export async function update(values: Values, path: string): Promise<number> {
  const fields = await readDestinationFields(path);
  const seal = await sealOf(values);
  const done = await withDatabase(databaseFlags(values), async (db) => {
    const result = await updateDestination(db, fields, seal, { who: whoRuns(), nowMs: Date.now() });
    await wake(db);
    return result;
  });
  if (values.json) console.log(JSON.stringify(done));
  else {
    console.log(`${done.destination} updated: ${done.changed.join(", ") || "nothing is different"}`);
    if (done.retried > 0) console.log(`${done.retried} that waited for the mapping are tried again now`);
    if (done.uncertain > 0) console.log(`${done.uncertain} were sent before without an answer: see deliveries list --state uncertain`);
  }
  return 0;
}
