import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TillsyncError } from "@tillsync/sync-protocol";
import { loadOrCreateKeys } from "../keys/key-files.ts";
import { systemPorts } from "../replicator/ports.ts";
import { ModelCloud } from "../replicator/testing/model-cloud.ts";
import { plainly, serve, serveCloud, type Between, type Served } from "../replicator/testing/serve-cloud.ts";
import { enrolTerminal, type Enrolled } from "./enrol-terminal.ts";
import { loadEnrolment } from "./enrolment.ts";

let dir: string;
let cloud: ModelCloud;
let served: Served;
let between: Between;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-enrol-"));
  cloud = new ModelCloud(Date.now);
  between = plainly;
  served = await serveCloud(cloud, () => between);
});
afterEach(async () => {
  await served.close();
  rmSync(dir, { recursive: true, force: true });
});

const enrol = (code: string, url = served.url): Promise<Enrolled> => enrolTerminal({ dir, url, code }, { ports: systemPorts(), env: {} });
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: unknown) => (error instanceof TillsyncError ? error.code : String(error)),
  );

describe("enrolTerminal", () => {
  it("keeps what the cloud says, for the owner alone", async () => {
    const { enrolment, repeated } = await enrol(cloud.newCode());
    expect(repeated).toBe(false);
    expect(enrolment).toMatchObject({ terminal: "till-1", store: "s-17", audience: cloud.audience, firstEpoch: 1, url: served.url });
    expect(loadEnrolment(dir)).toEqual(enrolment);
    expect(statSync(join(dir, "enrolment.json")).mode & 0o077).toBe(0);
  });

  it("sends the public keys and nothing private", async () => {
    await enrol(cloud.newCode());
    const keys = loadOrCreateKeys(dir);
    expect(cloud.identityKey).toEqual(keys.identity.publicJwk);
    expect(cloud.journalKey).toEqual(keys.journal.publicJwk);
    expect(Object.keys(cloud.journalKey ?? {})).not.toContain("d");
  });

  it("takes a code as people type it", async () => {
    const code = cloud.newCode();
    const typed = ` ${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)} `.toLowerCase().replaceAll("0", "o").replaceAll("1", "l");
    await expect(enrol(typed)).resolves.toMatchObject({ repeated: false });
  });

  it("goes through when the answer was lost, with the same code and keys", async () => {
    const code = cloud.newCode();
    let lost = 0;
    between = async (answer, _request, response) => {
      await answer();
      lost += 1;
      response.destroy();
    };
    expect(await codeOf(enrol(code))).toBe("wire.unreachable");
    expect(lost).toBe(3);
    expect(loadEnrolment(dir)).toBeUndefined();
    between = plainly;
    expect((await enrol(code)).enrolment.terminal).toBe("till-1");
  });

  it("says the same again for the same command, and asks nobody", async () => {
    const code = cloud.newCode();
    const first = await enrol(code);
    const asked = cloud.requests;
    expect(await enrol(code)).toEqual({ enrolment: first.enrolment, repeated: true });
    expect(cloud.requests).toBe(asked);
  });

  it.each([
    ["a wrong code", () => "ZZZZ-ZZZZ-ZZZZ", "enrol.code-invalid"],
    ["what is no code", () => "hello", "enrol.code-invalid"],
  ])("refuses %s", async (_name, code, expected) => {
    expect(await codeOf(enrol(code()))).toBe(expected);
    expect(loadEnrolment(dir)).toBeUndefined();
  });

  it("refuses a code that another terminal has used", async () => {
    const code = cloud.newCode();
    const other = mkdtempSync(join(tmpdir(), "tillsync-enrol-"));
    try {
      await enrolTerminal({ dir: other, url: served.url, code }, { ports: systemPorts(), env: {} });
      expect(await codeOf(enrol(code))).toBe("enrol.code-used");
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it("refuses a folder that is enrolled already, without using up the code", async () => {
    await enrol(cloud.newCode());
    const second = cloud.newCode();
    expect(await codeOf(enrol(second))).toBe("enrol.already");
    expect(cloud.codes.get(second)?.usedBy).toBeUndefined();
  });

  it("enrols anew when the identity key was lost", async () => {
    await enrol(cloud.newCode());
    rmSync(join(dir, "keys/identity.jwk"));
    const { repeated } = await enrol(cloud.newCode());
    expect(repeated).toBe(false);
  });

  it("does not send a code in the clear to another machine", async () => {
    expect(await codeOf(enrol(cloud.newCode(), "http://cloud.example"))).toBe("enrol.insecure-url");
  });

  it("tells a line that is down from a cloud that is none", async () => {
    const page = await serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"));
    expect(await codeOf(enrol(cloud.newCode(), page.url))).toBe("wire.sign-in");
    await page.close();
    expect(await codeOf(enrol(cloud.newCode(), page.url))).toBe("wire.unreachable");
  });

  it("does not take an answer of another shape", async () => {
    between = (_answer, _request, response) => {
      response.writeHead(200, { "tillsync-wire": "1" }).end('{"terminal":"till-1"}');
      return Promise.resolve();
    };
    expect(await codeOf(enrol(cloud.newCode()))).toBe("wire.not-cloud");
    expect(loadEnrolment(dir)).toBeUndefined();
  });
});

describe("loadEnrolment", () => {
  it("is undefined for a folder that is not enrolled", () => {
    expect(loadEnrolment(dir)).toBeUndefined();
  });

  it("refuses a damaged file without quoting it, and one that others may read", async () => {
    await enrol(cloud.newCode());
    const path = join(dir, "enrolment.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"version": 1', '"version": 9'));
    expect(() => loadEnrolment(dir)).toThrow(expect.objectContaining({ code: "config.invalid", detail: `${path}: version` }));
    writeFileSync(path, text.slice(0, 100));
    expect(() => loadEnrolment(dir)).toThrow(expect.objectContaining({ code: "config.invalid", detail: `${path}: not JSON` }));
    chmodSync(path, 0o644);
    expect(() => loadEnrolment(dir)).toThrow(expect.objectContaining({ code: "keys.permissions" }));
  });
});
