import { showDestination } from "../../destinations/show-destination.ts";
import { withDatabase } from "../with-database.ts";
import { databaseFlags, type Values } from "./flags.ts";

export async function show(values: Values, name: string): Promise<number> {
  const found = await withDatabase(databaseFlags(values), (db) => showDestination(db, name));
  if (values.json) console.log(JSON.stringify(found));
  else {
    console.log(`${found.name} (${found.kind}) ${found.state}${found.reason === undefined ? "" : `: ${found.reason}`}`);
    console.log(`version ${found.version}; repeats are harmless by: ${found.repeatability}`);
    console.log(JSON.stringify(found.config, undefined, 2));
    console.log(`sealed, never shown: ${found.sealedFields.join(", ") || "nothing"}`);
  }
  return 0;
}
