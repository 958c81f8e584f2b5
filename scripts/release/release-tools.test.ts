import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { followRoot, readFirstRoot } from "../../apps/edge-agent/src/updates/trust/follow-roots.ts";
import { judgeRelease, type Place } from "../../apps/edge-agent/src/updates/trust/judge-release.ts";
import { publicName } from "../../apps/edge-agent/src/updates/trust/sign-envelope.ts";
import { keysOf, readKeyFile } from "./key-files.ts";
import { makeKeys } from "./make-keys.ts";
import { rotateRoot } from "./rotate-root.ts";
import { publishRelease } from "./sign-release.ts";

const NOW = new Date("2026-11-02T12:00:00Z");
const LATER = new Date("2028-01-01T00:00:00Z");
const place: Place = {
  platform: "linux",
  arch: "x64",
  package: "deb",
  version: "1.0.0",
  floor: "1.0.0",
  refused: [],
  nowMs: NOW.getTime(),
};

let dir: string;
let root: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-sign-"));
  root = makeKeys(join(dir, "keys"), { keys: 3, threshold: 2, expires: LATER });
  writeFileSync(join(dir, "tillsync-agent_1.1.0_amd64.deb"), "a package");
});
afterEach(() => rmSync(dir, { recursive: true }));

const key = (n: number): string => join(dir, "keys", `key-${n}.pem`);
const sign = (n: number): string =>
  publishRelease({
    file: join(dir, "tillsync-agent_1.1.0_amd64.deb"),
    out: join(dir, "place"),
    version: "1.1.0",
    platform: "linux",
    arch: "x64",
    releasedAt: new Date(NOW.getTime() - n),
    expires: LATER,
    keys: [readKeyFile(key(n))],
  });

test("two people sign one release, each where the own key is, and a terminal takes it", () => {
  const trusted = readFirstRoot(readFileSync(root));
  const path = sign(1);
  expect(() => judgeRelease(readFileSync(path), trusted, place)).toThrow(expect.objectContaining({ code: "update.signature" }));
  sign(1);
  expect(sign(3)).toBe(path);
  expect(judgeRelease(readFileSync(path), trusted, place)).toMatchObject({ version: "1.1.0", package: "deb" });
  expect(readdirSync(join(dir, "place")).toSorted()).toEqual(["tillsync-agent-linux-x64-deb.json", "tillsync-agent_1.1.0_amd64.deb"]);
});

test("another file under the same name is a release of its own, with no signature but the own", () => {
  const trusted = readFirstRoot(readFileSync(root));
  sign(1);
  writeFileSync(join(dir, "tillsync-agent_1.1.0_amd64.deb"), "another");
  expect(() => judgeRelease(readFileSync(sign(2)), trusted, place)).toThrow(expect.objectContaining({ code: "update.signature" }));
});

test("keys are their owner's alone, never written over, and come by the environment", () => {
  expect(statSync(key(1)).mode & 0o777).toBe(0o600);
  expect(() => makeKeys(join(dir, "keys"), { keys: 3, threshold: 2, expires: LATER })).toThrow("EEXIST");
  expect(keysOf({ KEYS: `${key(1)}:${key(2)}` }, "KEYS")).toHaveLength(2);
  expect(() => keysOf({}, "KEYS")).toThrow("KEYS names no key files");
  chmodSync(key(1), 0o644);
  expect(() => readKeyFile(key(1))).toThrow("may be read by others");
});

test("a root is only rotated as terminals follow it", () => {
  makeKeys(join(dir, "fresh"), { keys: 3, threshold: 2, expires: LATER });
  const old = [1, 2].map((n) => readKeyFile(key(n)));
  const fresh = [1, 2, 3].map((n) => readKeyFile(join(dir, "fresh", `key-${n}.pem`)));
  const role = { keys: fresh.map(publicName), threshold: 2 };
  const next = { expires: LATER.toISOString(), roles: { root: role, release: role } };
  const before = readFileSync(root);
  expect(() => rotateRoot(before, next, [old[0]!, ...fresh], dir)).toThrow(expect.objectContaining({ code: "update.signature" }));
  const path = rotateRoot(before, next, [...old, ...fresh], dir);
  expect(path).toBe(join(dir, "2.root.json"));
  expect(followRoot(readFirstRoot(before), readFileSync(path))).toMatchObject({ version: 2 });
});
