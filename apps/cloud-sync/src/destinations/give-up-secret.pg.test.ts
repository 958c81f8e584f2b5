import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { addDestination, readDestinationConfig } from "./destination.ts";
import { checkDestination } from "./destination-file.ts";
import { testSeal } from "./testing/run-dispatcher.ts";
import { updateDestination } from "./update-destination.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
});
afterEach(() => db.close());

const file = { name: "stream", kind: "kafka", brokers: ["k1.example:9093"], topic: "receipts" };
const sasl = { mechanism: "PLAIN", user: "till" };

test("a secret that an update names as null is given up; one that it leaves out stays; a field that is no secret is not emptied so", async () => {
  const update = (fields: object) => updateDestination(db, { ...file, ...fields }, testSeal, { who: "ann", nowMs: 5 });
  await addDestination(db, checkDestination({ ...file, sasl, secret: "geheim" }), testSeal, 1, "ann");
  await update({ sasl });
  expect((await readDestinationConfig(db, "stream", testSeal)).own["secret"]).toBe("geheim");
  // Without a word about it the password would stay, and belong to nobody.
  await expect(update({})).rejects.toMatchObject({ code: "destination.config-invalid", detail: expect.stringContaining("come together") });
  expect(await update({ secret: null })).toMatchObject({ changed: ["sasl", "secret"] });
  const { own } = await readDestinationConfig(db, "stream", testSeal);
  expect([own["sasl"], own["secret"]]).toEqual([undefined, undefined]);
  await expect(update({ topic: null })).rejects.toMatchObject({ code: "destination.config-invalid" });
});
