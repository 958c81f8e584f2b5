import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createLogger } from "../config/logger.ts";
import type { Database } from "../db/database.ts";
import { openDatabase } from "../db/open-database.ts";
import { listenHeads } from "../reference/announce-heads.ts";
import { runCommand } from "../testing/run-cloud.ts";
import { COMMANDS } from "./commands.ts";
import { reportError } from "./report-error.ts";

const SAMPLES = fileURLToPath(new URL("../../../../examples/reference/", import.meta.url));
let dir: string;
/** Stands for the running cloud: the commands are its guests, as they are beside `serve`. */
let db: Database;

interface Run {
  readonly code: number;
  readonly stdout: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it with matchers
  json(): any;
}

/** A command as `main` runs it, without a process of its own: starting one costs more than what it does. */
async function run(name: string, ...args: string[]): Promise<Run> {
  const lines: string[] = [];
  const silenced = [
    vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line))),
    vi.spyOn(console, "error").mockImplementation(() => undefined),
  ];
  try {
    const command = await COMMANDS[name]?.();
    const code = await command?.run([...args, "--data", dir]).catch(reportError(args.includes("--json")));
    const stdout = lines.map((line) => `${line}\n`).join("");
    return { code: code ?? -1, stdout, json: () => JSON.parse(stdout) as unknown };
  } finally {
    for (const spy of silenced) spy.mockRestore();
  }
}
const load = (...args: string[]): Promise<Run> => run("reference", "import", ...args, "--json");

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-reference-"));
  db = await openDatabase({ kind: "embedded", dir }, "serve", createLogger({}, "warn"));
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true });
});

test("the journey of a retailer's data: imported, looked at, corrected, deleted; a running cloud hears of it", async () => {
  const heard = Promise.withResolvers<unknown>();
  const stop = await listenHeads(db, (heads) => heard.resolve(heads));
  const first = await runCommand(["reference", "import", "--collection", "stores", join(SAMPLES, "stores.ndjson"), "--data", dir]);
  expect(first).toMatchObject({ code: 0, stdout: "2 changed, 0 unchanged, 0 refused\n" });
  expect(await heard.promise).toEqual([{ collection: "stores", scope: "all", head: 2 }]);
  await stop();
  const products = ["--collection", "products", "--scope", "all", join(SAMPLES, "products.ndjson")];
  expect((await load(...products)).json()).toMatchObject({ accepted: 20, refused: 0 });
  expect((await load(...products, "--replace")).json()).toMatchObject({ accepted: 0, unchanged: 20, deleted: 0 });

  const prices = ["--collection", "prices", "--scope", "all", "--mapping", join(SAMPLES, "prices.mapping.json")];
  const list = (await readFile(join(SAMPLES, "prices.csv"))).toString("latin1");
  const rows = list.trimEnd().split("\r\n").length - 1;
  expect((await load(...prices, "--dry-run", join(SAMPLES, "prices.csv"))).json()).toMatchObject({ accepted: rows });
  expect((await load(...prices, join(SAMPLES, "prices.csv"))).json()).toMatchObject({ accepted: rows, unchanged: 0, refused: 0 });
  expect((await run("reference", "show", "prices", "100001:promotion", "--json")).json()).toMatchObject({
    scope: "all",
    version: 1,
    fields: { amount: "3221", validFrom: "2026-11-30T00:00", validUntil: "2026-12-07T00:00" },
  });

  const wrong = join(dir, "wrong.csv");
  await writeFile(wrong, Buffer.from(list.replace(";50,51;", ";-50,51;").replace(";49,64;", ";49,00;"), "latin1"));
  const bad = await run("reference", "import", ...prices, "--replace", wrong);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toBe(
    `1 changed, ${rows - 2} unchanged, 1 refused, 0 deleted\nnothing was deleted, because a row was refused\n` +
      "line 2\t100001:regular\treference.invalid\tamount: a price is not negative\n",
  );
  const short = join(dir, "short.csv");
  await writeFile(short, Buffer.from(`${list.split("\r\n").slice(0, 5).join("\r\n")}\r\n`, "latin1"));
  const refused = await load(...prices, "--replace", short);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.json()).toMatchObject({ deleted: 0, error: { code: "reference.too-many-deletions" } });
  expect((await load(...prices, "--replace", "--max-deleted-percent", "100", short)).json()).toMatchObject({ deleted: rows - 4 });

  expect((await run("reference", "delete", "prices", "100001:promotion", "--json")).json()).toMatchObject({ accepted: 1 });
  expect((await run("reference", "show", "prices", "100001:promotion", "--json")).json()).toMatchObject({ version: 2, fields: null });
  expect((await run("reference", "show", "prices", "never", "--json")).json()).toMatchObject({ error: { code: "reference.unknown" } });
  const listed = await run("reference", "list", "prices", "--limit", "2", "--json");
  expect(listed.json()).toMatchObject({ documents: [{ scope: "all" }, { scope: "all" }], next: expect.any(String) as string });
  const status = {
    reference: expect.arrayContaining([
      { collection: "prices", scope: "all", head: expect.any(Number) as number, documents: 3 },
    ]) as unknown,
  };
  expect((await run("reference", "status", "--json")).json()).toEqual({ ...status });
  expect((await run("status", "--json")).json()).toMatchObject(status);
});

test("service clients: made once, their token shown once, revoked, on record", async () => {
  const made = await run("service-clients", "add", "erp", "--may", "reference:write,reference:read", "--json");
  expect(made.json()).toMatchObject({ name: "erp", store: null, token: expect.stringMatching(/^tillsync_/) as string });
  expect((await run("service-clients", "add", "erp", "--may", "reference:read", "--json")).json()).toMatchObject({
    error: { code: "client.exists" },
  });
  expect((await run("service-clients", "revoke", "erp")).stdout).toBe("erp is revoked\n");
  const listed = await run("service-clients", "list", "--audit", "--json");
  expect(listed.stdout).not.toContain(made.json().token.split("_")[2]);
  expect(listed.json()).toMatchObject({ serviceClients: [{ name: "erp", store: null }], audit: [{ action: "add" }, { action: "revoke" }] });
});

test("wrong usage is told by exit code 2", async () => {
  const sample = join(SAMPLES, "prices.csv");
  const wrong: [string, ...string[]][] = [
    ["reference", "import", sample],
    ["reference", "import", "--collection", "prices", sample],
    ["reference", "import", "--collection", "prices", "--replace", join(SAMPLES, "products.ndjson")],
    ["service-clients", "add", "erp", "--may", "everything"],
  ];
  for (const args of wrong) expect((await run(...args)).code, args.join(" ")).toBe(2);
});
