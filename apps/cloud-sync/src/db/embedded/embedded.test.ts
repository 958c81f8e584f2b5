import { chmod, cp, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireVersion } from "../postgres.ts";
import { closedAncestor, requireOpenWay } from "./closed-ancestor.ts";
import { lockFolder } from "./folder-lock.ts";
import { makeCluster } from "./make-cluster.ts";
import { chooseRunAs } from "./run-as.ts";
import { findRuntime } from "./runtime.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-embedded-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));
const isRoot = process.getuid?.() === 0;

test("a folder has one owner at a time", () => {
  const first = lockFolder(dir);
  expect(first).toBeDefined();
  expect(lockFolder(dir)).toBeUndefined();
  first?.release();
  const second = lockFolder(dir);
  expect(second).toBeDefined();
  second?.release();
});

test("a server before 15 is refused by code", () => {
  expect(() => requireVersion(140_012)).toThrow(expect.objectContaining({ code: "db.too-old" }));
  expect(() => requireVersion(150_000)).not.toThrow();
});

test("an initdb that does not run is db.runtime, and leaves nothing that looks like a cluster", async () => {
  const made = makeCluster(dir, { initdb: "/bin/false", postgres: "/bin/false" }, {}, "password");
  await expect(made).rejects.toMatchObject({ code: "db.runtime" });
  await expect(stat(join(dir, "cluster"))).rejects.toThrow("ENOENT");
});

describe.skipIf(!isRoot)("as root", () => {
  const stranger = { uid: 65_534, gid: 65_534 };

  test("the server gets a user of its own, and keeps the one that its cluster has", async () => {
    const users = join(dir, "passwd");
    await writeFile(users, "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n");
    expect(await chooseRunAs(join(dir, "cluster"), users)).toEqual(stranger);
    await writeFile(users, "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/x\npostgres:x:70:71::/:/bin/sh\n");
    expect(await chooseRunAs(join(dir, "cluster"), users)).toEqual({ uid: 70, gid: 71 });
    await writeFile(users, "root:x:0:0::/:/bin/sh\n");
    await expect(chooseRunAs(join(dir, "cluster"), users)).rejects.toMatchObject({ code: "db.no-user" });
  });

  test("a way that its user may not walk is named", async () => {
    const inner = join(dir, "inner");
    await mkdir(inner);
    expect(await closedAncestor(inner, stranger)).toBe(dir);
    await expect(requireOpenWay(inner, stranger, "darwin")).rejects.toMatchObject({ code: "db.folder-closed", detail: dir });
    await expect(requireOpenWay(inner, stranger, "linux")).resolves.toBeUndefined();
    await chmod(dir, 0o711);
    expect(await closedAncestor(inner, stranger)).toBeUndefined();
  });

  test("programs below a closed folder are copied to where its user can run them, once", async () => {
    const usual = await findRuntime(join(dir, "home"), {});
    await cp(dirname(dirname(usual.postgres)), join(dir, "pkg", "native"), { recursive: true });
    await writeFile(join(dir, "pkg", "package.json"), '{"version":"1.0.0"}');
    await mkdir(join(dir, "home"));
    const first = await findRuntime(join(dir, "home"), stranger, join(dir, "pkg", "native"));
    expect(first.postgres.startsWith(dir)).toBe(false);
    expect(await findRuntime(join(dir, "home"), stranger, join(dir, "pkg", "native"))).toEqual(first);
    await rm(dirname(dirname(first.postgres)), { recursive: true });
  });
});
