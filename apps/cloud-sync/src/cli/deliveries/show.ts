import { nameOfKey } from "../../destinations/destination-name.ts";
import type { Seal } from "../../destinations/seal.ts";
import { showDelivery, type ShownDelivery } from "../../destinations/show-delivery.ts";
import { databaseFlags, sealOf } from "../destinations/flags.ts";
import { withDatabase } from "../with-database.ts";
import type { Values } from "./flags.ts";

/** With `--json` everything there is; `transaction` of it is what `edit` takes, corrected. */
export async function show(values: Values, id: number): Promise<number> {
  const seal = await sealIfThere(values);
  const found = await withDatabase(databaseFlags(values), (db) => showDelivery(db, id, seal));
  const shown = { ...found, delivery: { ...found.delivery, destination: nameOfKey(found.delivery.destination) } };
  if (values.json) console.log(JSON.stringify(shown));
  else print(shown);
  return 0;
}

/** Without the key a delivery is shown all the same, only not mapped. */
const sealIfThere = (values: Values): Promise<Seal | undefined> =>
  values.data === undefined && process.env["TILLSYNC_SEAL_KEY"] === undefined ? Promise.resolve(undefined) : sealOf(values);

function print({ delivery, edits, wouldSend, behind, audit }: ShownDelivery): void {
  for (const [name, value] of Object.entries(delivery))
    if (value !== null) console.log(`${name}\t${name.endsWith("AtMs") ? new Date(Number(value)).toISOString() : String(value)}`);
  console.log(`waiting behind it\t${behind}`);
  for (const edit of edits) console.log(`edited\t${new Date(edit.atMs).toISOString()}\t${edit.who}\t${edit.reason}\t${edit.editedHash}`);
  for (const row of audit) console.log(`record\t${new Date(row.atMs).toISOString()}\t${row.action}\t${row.who}\t${row.reason ?? ""}`);
  console.log(`would send\t${JSON.stringify(wouldSend)}`);
}
