import { execFile } from "node:child_process";
import { chmod, chown, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { TillsyncError } from "@tillsync/sync-protocol";
import { clusterPath } from "./cluster-path.ts";
import type { RunAs } from "./run-as.ts";
import type { Runtime } from "./runtime.ts";
import { stopOrphans } from "./stop-orphans.ts";

/** initdb takes a second; on a slow disk its final sync takes longer. */
const INITDB_MAX_MS = 120_000;

export const DATABASE_USER = "tillsync";

/**
 * Makes the cluster if there is none: beside its place, moved there when complete, so that a crash in between leaves
 * nothing that looks like a database. Text sorts by code point (locale C), the same on every machine.
 */
export async function makeCluster(home: string, runtime: Runtime, runAs: RunAs, password: string): Promise<string> {
  const cluster = join(home, "cluster");
  if ((await stat(join(cluster, "PG_VERSION")).catch(() => undefined)) !== undefined) return cluster;
  const draft = join(home, "cluster.new");
  await stopOrphans(draft);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const passwordFile = join(draft, "..", "password.new");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    for (const path of [draft, passwordFile]) if (runAs.uid !== undefined) await chown(path, runAs.uid, runAs.gid);
    await runInitdb(draft, runtime, runAs);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await chmod(draft, 0o700);
  await rename(draft, cluster);
  return cluster;
}

async function runInitdb(draft: string, runtime: Runtime, runAs: RunAs): Promise<void> {
  const args = ["-D", clusterPath(draft), "-U", DATABASE_USER, "--pwfile=../password.new", "-A", "scram-sha-256"];
  const locale = ["-E", "UTF8", "--locale=C", "--no-instructions"];
  await promisify(execFile)(runtime.initdb, [...args, ...locale], {
    ...runAs,
    cwd: draft,
    env: { LC_ALL: "C", TZ: "UTC" },
    timeout: INITDB_MAX_MS,
    encoding: "utf8",
  }).catch((cause: { stderr?: string }) => {
    throw new TillsyncError("db.runtime", `initdb: ${cause.stderr?.trim().split("\n").at(-1) ?? "did not start"}`, { cause });
  });
}
