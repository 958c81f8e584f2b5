import { randomBytes } from "node:crypto";
import type { StoreId } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { addServiceClient } from "./add-service-client.ts";
import { authenticateService, requireService } from "./authenticate-service.ts";
import { listServiceClientDeeds, listServiceClients } from "./list-service-clients.ts";
import { revokeServiceClient } from "./revoke-service-client.ts";
import type { ServiceRight } from "./service-client.ts";

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
  await db.query(sql`INSERT INTO store (store_id, shard) VALUES ('S1', 'main')`);
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(() => db.close());

const add = async (name: string, may: ServiceRight[], store?: string): Promise<string> =>
  `Bearer ${(await addServiceClient(db, { name, may, store: store as StoreId | undefined, who: "ada", nowMs: 5, randomBytes })).token}`;

test("a token says who it is, what it may do and for which store; the table holds no way back to it", async () => {
  const token = await add("erp", ["reference:write", "reference:read"], "S1");
  expect(token).toMatch(/^Bearer tillsync_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
  expect(await authenticateService(db, token)).toEqual({ name: "erp", may: new Set(["reference:read", "reference:write"]), store: "S1" });
  const secret = token.split("_")[2] ?? "";
  const everything = JSON.stringify([
    await db.query(sql`SELECT name, encode(token_hash, 'escape') AS hash, token_id, may FROM service_client`),
    await listServiceClientDeeds(db),
    await listServiceClients(db),
  ]);
  expect(everything).not.toContain(secret);
});

test("what is no token of ours is left to others; one that is wrong is refused, whatever is wrong with it", async () => {
  const token = await add("pim", ["reference:read"]);
  for (const other of [undefined, "", "Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "Basic dGlsbHN5bmM6eA=="])
    expect(await authenticateService(db, other)).toBeUndefined();
  const last = token.endsWith("A") ? "B" : "A";
  const wrong = [`${token.slice(0, -1)}${last}`, token.replace(/_[0-9a-f]{16}_/, "_0123456789abcdef_")];
  for (const one of wrong)
    await expect(authenticateService(db, one)).rejects.toMatchObject({ code: "auth.service-token", detail: undefined });
  await expect(requireService(db, undefined, "reference:read")).rejects.toMatchObject({ code: "auth.service-token" });
  await expect(requireService(db, token, "reference:write")).rejects.toMatchObject({ code: "auth.not-allowed", detail: "reference:write" });
});

test("a revoked token is refused from its next request on; its name gets a new token, and the old one stays dead", async () => {
  const first = await add("feeds", ["reference:write"]);
  await expect(add("feeds", ["reference:read"])).rejects.toMatchObject({ code: "client.exists" });
  expect(await requireService(db, first, "reference:write")).toMatchObject({ name: "feeds" });
  await revokeServiceClient(db, "feeds", { who: "bob", nowMs: 9 });
  await expect(authenticateService(db, first)).rejects.toMatchObject({ code: "auth.service-token" });
  await expect(revokeServiceClient(db, "feeds", { who: "bob", nowMs: 9 })).rejects.toMatchObject({ code: "client.unknown" });
  const second = await add("feeds", ["reference:read"]);
  await expect(authenticateService(db, first)).rejects.toMatchObject({ code: "auth.service-token" });
  expect(await authenticateService(db, second)).toMatchObject({ name: "feeds", may: new Set(["reference:read"]) });
  expect((await listServiceClientDeeds(db)).filter((deed) => deed.name === "feeds")).toMatchObject([
    { action: "add", who: "ada", atMs: 5, detail: "reference:write" },
    { action: "revoke", who: "bob", atMs: 9 },
    { action: "add", who: "ada", detail: "reference:read" },
  ]);
});

test("a client of a store that nobody knows is not made", async () => {
  await expect(add("lost", ["reference:read"], "S9")).rejects.toMatchObject({ code: "store.unknown" });
  expect((await listServiceClients(db)).map((one) => one.name)).not.toContain("lost");
});
