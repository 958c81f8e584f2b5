import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FILE_BYTES_MAX, readDestinationFields, readDestinationFile } from "./destination-file.ts";
import { SECRET } from "./testing/run-dispatcher.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-file-"));
});
afterAll(() => rm(dir, { recursive: true }));

const crm = (over: object = {}) => ({ name: "crm", kind: "webhook", url: "https://crm.example/", secret: SECRET, ...over });
const erp = (over: object = {}) => ({
  name: "erp",
  kind: "tryton",
  url: "https://erp.example/",
  database: "erp",
  user: "till",
  password: "geheim-passwort",
  mapping: { version: 1 },
  ...over,
});

async function read(content: unknown, name = "file.json") {
  const path = join(dir, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return readDestinationFile(path);
}

test.each([
  ["an unknown field", crm({ colour: "red" }), "colour: no such field"],
  ["an unknown field inside", crm({ retry: { patience: 1 } }), "retry.patience: no such field"],
  ["several mistakes at once", crm({ concurrency: 0, retry: { baseMs: "1" } }), /concurrency: .*; retry\.baseMs: /],
  ["a name that is a key of ours", crm({ name: "erp~2" }), /^name: /],
  ["a kind that there is none of", crm({ kind: "telepathy" }), /^kind: one of .*webhook/],
  ["a secret of the wrong type", crm({ secret: 5 }), /^secret: /],
  ["a secret of the wrong form", crm({ secret: `${SECRET}!` }), /^secret: /],
  ["no secret", crm({ secret: undefined }), /^secret: /],
  ["an address that is none", crm({ url: SECRET }), /^url: /],
  ["a category that nobody has", crm({ include: ["sales", "gossip"] }), /^include\.1: /],
  ["a category named twice", crm({ include: ["sales", "sales"] }), /^include: /],
  ["a category that the kind does not take", erp({ include: ["sales", "control"] }), "include: tryton takes sales, inventory, not control"],
  ["a mapping of another version", erp({ mapping: { version: 2 } }), /^mapping\.version: /],
  ["a table that no mapping has", erp({ mapping: { version: 1, colours: {} } }), "mapping.colours: no such field"],
  ["a code that is no text", erp({ mapping: { version: 1, tenders: { cash: 7 } } }), /^mapping\.tenders\.cash: /],
  ["a secret file beside a secret", crm({ secretFile: "x" }), /^secretFile: /],
  ["a key's file beside a key", crm({ clientKey: SECRET, clientKeyFile: "x" }), /^clientKeyFile: /],
  ["a file's name that is none", crm({ secret: undefined, secretFile: 5 }), /^secretFile: /],
  ["a list", [], "an object"],
])("%s is refused by the field's name, without its value", async (_what, content, detail) => {
  const error = await read(content).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: "destination.config-invalid",
    detail: detail instanceof RegExp ? expect.stringMatching(detail) : detail,
  });
  for (const secret of [SECRET, "geheim-passwort"]) expect(String((error as Error).stack) + JSON.stringify(error)).not.toContain(secret);
});

test("no JSON, no file, a file too large: unreadable, and nothing of it is quoted, not even as a cause", async () => {
  const error = await read(`{"secret": "${SECRET}`).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "config.unreadable", detail: expect.stringContaining("no JSON") });
  expect((error as Error).cause).toBeUndefined();
  await expect(readDestinationFile(join(dir, "nowhere.json"))).rejects.toMatchObject({ code: "config.unreadable" });
  const text = JSON.stringify(crm());
  expect((await read(text + " ".repeat(FILE_BYTES_MAX - text.length))).common.name).toBe("crm");
  await expect(read(text + " ".repeat(FILE_BYTES_MAX - text.length + 1))).rejects.toMatchObject({ code: "config.unreadable" });
});

test("a secret may stand in a file of its own, and so may certificates and their key", async () => {
  await writeFile(join(dir, "secret.txt"), `${SECRET}\n`);
  expect((await read(crm({ secret: undefined, secretFile: "secret.txt" }))).own["secret"]).toBe(SECRET);
  const pem = ["ca", "clientCertificate", "clientKey"];
  for (const field of pem) await writeFile(join(dir, `${field}.pem`), `of ${field}\n`);
  await writeFile(join(dir, "bus.json"), JSON.stringify(Object.fromEntries(pem.map((field) => [`${field}File`, `${field}.pem`]))));
  expect(await readDestinationFields(join(dir, "bus.json"))).toEqual(Object.fromEntries(pem.map((field) => [field, `of ${field}`])));
});
