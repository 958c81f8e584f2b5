import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { readFirstRoot } from "./follow-roots.ts";
import { packageKindSchema, type PackageKind } from "./release.ts";
import type { Root } from "./root.ts";

/** What the package of this program says of itself; written by whoever packs it. */
const describedSchema = z.object({ package: packageKindSchema });

export interface PackageTrust {
  readonly root: Root;
  readonly kind: PackageKind;
}

/** The folder of the package that a program was started from: the one above `bin` or `dist`, behind any links. */
export function packageFolder(program: string): string {
  try {
    return dirname(dirname(realpathSync(program)));
  } catch {
    return dirname(dirname(program));
  }
}

/**
 * Whom the package trusts, and which kind of package it is; undefined: it brings no keys, as the repository does not, and
 * takes no updates. Throws `update.malformed` for keys that are there and cannot be read.
 */
export function readPackageTrust(folder: string): PackageTrust | undefined {
  const root = readOptional(join(folder, "release-root.json"));
  const described = readOptional(join(folder, "release.json"));
  if (root === undefined || described === undefined) return undefined;
  const parsed = describedSchema.safeParse(parseJson(described));
  if (!parsed.success) throw new TillsyncError("update.malformed", "release.json of the package");
  return { root: readFirstRoot(Buffer.from(root)), kind: parsed.data.package };
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TillsyncError("update.malformed", `${path}: ${(cause as NodeJS.ErrnoException).code ?? "unknown"}`, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
