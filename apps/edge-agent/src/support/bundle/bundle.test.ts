import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepSetAside } from "../../capture/set-aside.ts";
import { createPrivateFile } from "../../keys/private-file.ts";
import { loadOrCreateKeys } from "../../keys/key-files.ts";
import { localPseudonymKey } from "../../keys/pseudonym.ts";
import { addClient } from "../../intake/client-tokens.ts";
import { saveEnrolment, type Enrolment } from "../../enrol/enrolment.ts";
import { appendTransaction } from "../../journal/append-transaction.ts";
import { saleItem } from "../../journal/testing/sales.ts";
import { openLog } from "../../log/open-log.ts";
import { inTransaction } from "../../store/in-transaction.ts";
import { openTestFolder, type TestFolder } from "../../store/testing/open-test-folder.ts";
import { BUNDLE_BYTES_MAX } from "../../window-api/care.ts";
import type { Snapshot } from "../../window-api/snapshot.ts";
import { loadMask } from "../clean-text.ts";
import { handToIt } from "../hand-to-it.ts";
import { collectBundle } from "./collect-bundle.ts";
import { makeBundle } from "./make-bundle.ts";
import { packBundle } from "./pack-bundle.ts";
import { redactLines } from "./redact-lines.ts";
import { makeRedact, type Redact } from "./redact.ts";

let folder: TestFolder;
beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => folder.remove());

const CARD = "4111111111111111";
const MEMBER = "2900123456785";
const secret = (): string => randomBytes(32).toString("base64url");

/** Fills a folder as life does, and tells every place's worst: what no bundle may hold, by name. */
async function plantCanaries(): Promise<Record<string, string>> {
  const { dir, store } = folder;
  const controlSecret = secret();
  createPrivateFile(join(dir, "control.secret"), `${controlSecret}\n`);
  loadOrCreateKeys(dir);
  const privatePart = (name: string): string => (JSON.parse(readFileSync(join(dir, "keys", name), "utf8")) as { d: string }).d;
  const localKey = localPseudonymKey(dir).secret.export().toString("base64url");
  const retailerKey = secret();
  saveEnrolment(dir, {
    terminal: "till-1",
    store: "S1",
    pseudonymKey: retailerKey,
    url: "https://cloud.test/",
    codeHash: secret(),
    identityThumbprint: secret(),
    journalThumbprint: secret(),
    audience: "urn:cloud",
    firstEpoch: 1,
    version: 1,
  } as unknown as Enrolment);
  const token = addClient(dir, { name: "till", may: "write", nowMs: 0, randomBytes });
  const canaries = {
    controlSecret,
    identityKey: privatePart("identity.jwk"),
    journalKey: privatePart("journal.jwk"),
    localKey,
    retailerKey,
    token,
    card: CARD,
    password: "proxy-pass-1",
    proxyPassword: "env-pass-9",
    bearer: "abc.def-ghi",
    jwt: `eyJhbGciOiJFUzI1NiJ9.${secret()}.${secret()}`,
    person: "anna.schmidt",
    mail: "anna@shop.example",
    apiToken: "tok_12345",
    helper: "Herr Huber",
    code: "4K7M-29XQ-AB12",
  };
  writeFileSync(
    join(dir, "config.json"),
    JSON.stringify({
      sources: [
        {
          name: "pos",
          kind: "folder",
          path: "/home/anna.schmidt/pos",
          adapter: "poslog",
          adapterConfig: { apiToken: "tok_12345", note: `C:\\Users\\anna.schmidt\\x ${CARD}` },
        },
      ],
      upstream: { url: "https://till:proxy-pass-1@cloud.test/" },
      help: { name: "Herr Huber", phone: "+49 89 1234" },
      ballastBytes: 0,
    }),
  );
  const { log, close } = openLog(dir, "info", { beside: { write: () => {} } });
  for (const [name, value] of Object.entries(canaries)) if (name !== "bearer") log.warn({ [`x-${name}`]: value }, `canary ${name}`);
  log.warn({ line: `GET / authorization: Bearer ${canaries.bearer}` }, "a request");
  log.error({ err: new Error(`card ${CARD} of ${canaries.mail} at https://u:proxy-pass-1@h/`) }, "failed");
  close();
  appendTransaction(store, saleItem({ sequence: 1, change: { customerRef: "member-pseudonym-00001" } }));
  inTransaction(store, () =>
    keepSetAside(store, {
      source: "pos",
      adapter: "poslog",
      name: `${CARD}.xml`,
      code: "capture.field-invalid",
      detail: "of anna@shop.example",
      range: [0, 5],
      bytes: Buffer.from(`receipt of ${MEMBER}`),
      bytesTotal: 5,
    }),
  );
  await handToIt(folder, [1], "Herr Huber said so");
  return canaries;
}

const snapshot = { help: { name: "Herr Huber", phone: null }, pause: { sinceMs: 1, untilMs: 2, reason: "Herr Huber counts" } } as Snapshot;
const unzip = (zip: Uint8Array): Record<string, string> =>
  Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, strFromU8(bytes)]));
const ENV = { https_proxy: "http://till:env-pass-9@proxy.test:3128" };
const made = async (): Promise<Record<string, string>> =>
  unzip(await makeBundle(folder.dir, { now: () => folder.wallMs, live: { status: undefined, snapshot }, env: ENV }));
const madeWith = (redact: Redact): Record<string, string> =>
  unzip(packBundle(collectBundle(folder.dir, { now: () => folder.wallMs, live: { status: undefined, snapshot }, redact })));

describe("a support bundle", () => {
  it("is redacted some lines at a time, and each line whole", async () => {
    const redact = makeRedact(new Set(["secret-of-this-folder"]), await loadMask());
    const text = Array.from({ length: 4_000 }, (_, i) => `${i} secret-of-this-folder ${CARD}\n`).join("");
    const redacted = strFromU8(redactLines(redact, text)).split("\n");
    expect(redacted).toHaveLength(4_001);
    expect(new Set(redacted.slice(0, -1).map((line) => line.replace(/^\d+ /, "")))).toEqual(new Set(["[redacted] ************1111"]));
  });

  it("holds no secret, no card, no member, no receipt and no person, wherever they were planted", async () => {
    const canaries = await plantCanaries();
    const files = await made();
    for (const [file, text] of Object.entries(files)) {
      for (const [name, value] of Object.entries(canaries)) expect(text.includes(value), `${name} in ${file}`).toBe(false);
      expect(text, file).not.toMatch(/2900123456785|member-pseudonym|Article 0|receipt of|\+49 89|said so|Huber counts/);
    }
  });

  it("would hold them without the redaction: each canary is found then", async () => {
    const canaries = await plantCanaries();
    const all = Object.values(madeWith((text) => text)).join("");
    for (const [name, value] of Object.entries(canaries)) expect(all.includes(value), name).toBe(true);
  });

  it("knows the folder's own secrets also where they look like nothing", async () => {
    await plantCanaries();
    createPrivateFile(join(folder.dir, "keys", "other.key"), "a-secret-of-no-known-shape\n");
    const { log, close } = openLog(folder.dir, "info", { beside: { write: () => {} } });
    log.info({ a: "xa-secret-of-no-known-shapex" }, "hidden");
    close();
    expect((await made())["log.ndjson"]).not.toContain("no-known-shape");
    const unknowing = makeRedact(new Set(), await loadMask());
    expect(madeWith(unknowing)["log.ndjson"]).toContain("no-known-shape");
  });

  it("has what whoever helps needs", async () => {
    await plantCanaries();
    const files = await made();
    const json = (name: string): Record<string, never> => JSON.parse(files[name] ?? "") as Record<string, never>;
    expect(Object.keys(files).toSorted()).toEqual([
      "about.json",
      "config.json",
      "doctor.json",
      "journal.json",
      "line-history.json",
      "log.ndjson",
      "set-aside.json",
      "snapshot.json",
      "status.json",
      "support.json",
    ]);
    expect(json("about.json")).toMatchObject({ agentVersion: expect.any(String), platform: process.platform });
    expect(json("status.json")).toMatchObject({ running: false, terminalId: "till-1", setAside: 1 });
    expect(json("doctor.json")).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: "database", state: "ok" })]),
    });
    expect(json("config.json")).toMatchObject({
      sources: [{ path: "/home/(user)/pos", adapter: "poslog" }],
      help: "[set]",
      ballastBytes: 0,
    });
    expect(json("set-aside.json")).toMatchObject([
      { code: "capture.field-invalid", source: "pos", handedToIt: { supportNumber: expect.any(String) } },
    ]);
    expect(json("journal.json")).toMatchObject({ epochs: [{ epoch: 1, seq: 1 }], upstreams: [] });
    expect(json("support.json")).toMatchObject([{ state: "queued" }]);
    expect(files["log.ndjson"]?.split("\n").length).toBeGreaterThan(15);
    expect(json("snapshot.json")).toMatchObject({ help: "[set]", pause: { reason: "[text]" } });
  });

  it("is made of a folder that is broken too: the part that cannot be read says why", async () => {
    writeFileSync(join(folder.dir, "config.json"), "{ wrong");
    const files = await made();
    expect(files["config.json"]).toContain("config.invalid");
    expect(files["status.json"]).toContain("config.invalid");
    expect(files["set-aside.json"]).toBe("[]\n");
  });

  it("gives up the older half of the log first when it is too large, and holds to its size", async () => {
    const lines = Array.from({ length: 700 }, (_, i) => `${i} ${randomBytes(600).toString("hex")}\n`).join("");
    const contents = { parts: new Map([["about.json", Buffer.from("{}")]]), logTail: (bytes: number) => Buffer.from(lines.slice(-bytes)) };
    const limit = 256 * 1024;
    const zip = packBundle(contents, limit);
    expect(zip.length).toBeLessThanOrEqual(limit);
    const files = unzip(zip);
    expect(files["about.json"]).toBe("{}");
    expect(files["log.ndjson"]?.startsWith("0 ")).toBe(false);
    expect(lines.endsWith(files["log.ndjson"] ?? "no")).toBe(true);
    expect(zip.length).toBeGreaterThan(limit / 4);
    expect(Object.keys(unzip(packBundle(contents, 4_096)))).toEqual(["about.json"]);
    expect(BUNDLE_BYTES_MAX).toBe(32 * limit);
  });
});
