import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "./db/sql.ts";
import { openExternalDatabase, TEST_PG_URL, type ExternalDatabase } from "./db/testing/open-external-database.ts";
import { runCommand, serveCloud } from "./testing/run-cloud.ts";

describe.skipIf(TEST_PG_URL === undefined)("a cloud on a database by address (needs a server at TEST_PG_URL)", () => {
  let external: ExternalDatabase;
  let dir: string;
  beforeAll(async () => {
    external = await openExternalDatabase();
    dir = await mkdtemp(join(tmpdir(), "tillsync-external-"));
  });
  afterAll(async () => {
    await external.drop();
    await rm(dir, { recursive: true, force: true });
  });

  test("commands find its database through the folder while it runs; nobody else serves from the folder, then or later", async () => {
    const cloud = await serveCloud(["--data", dir], { TILLSYNC_DATABASE_URL: external.url });
    const made = await runCommand(["enrol-code", "--data", dir, "--store", "s", "--terminal", "t", "--json"]);
    expect(made.code).toBe(0);
    const codes = await external.db.query(sql`SELECT terminal_id FROM enrol_code`);
    expect(codes).toEqual([{ terminal_id: "t" }]);
    const second = await runCommand(["serve", "--data", dir, "--port", "0", "--json"], { TILLSYNC_DATABASE_URL: external.url });
    expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: "data.locked" } });
    expect(await cloud.end("SIGTERM")).toBe(0);
    for (const name of ["serve", "status"]) {
      const without = await runCommand([name, "--data", dir, "--json"]);
      expect(JSON.parse(without.stdout)).toMatchObject({ error: { code: "usage.invalid" } });
    }
    const status = await runCommand(["status", "--json"], { TILLSYNC_DATABASE_URL: external.url });
    expect(JSON.parse(status.stdout)).toMatchObject({ entries: 0 });
  });
});
