import { createHash } from "node:crypto";
import { chmodSync, constants, copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One file of a package: where it goes, and what it is made of. Paths are relative, with `/`. */
export type PackageFile = { readonly path: string; readonly kind?: "program" | "secret" } & (
  | { readonly text: string }
  | { readonly copyOf: string }
);

export interface LaidFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const MODES = { program: 0o755, secret: 0o600, plain: 0o644 } as const;

/** Writes the files below `folder`, with rights that do not depend on who packs: 755 for programs and folders, 600 for what holds secrets, else 644. */
export function layFiles(folder: string, files: readonly PackageFile[]): void {
  for (const file of files) {
    const path = join(folder, file.path);
    mkdirSync(dirname(path), { recursive: true });
    if ("text" in file) writeFileSync(path, file.text);
    else copyFileSync(file.copyOf, path, constants.COPYFILE_FICLONE);
    chmodSync(path, MODES[file.kind ?? "plain"]);
  }
}

/** Every file of `from` on disk, to lie below `to` in the package. */
export function filesOf(from: string, to: string): PackageFile[] {
  return listFiles(from).map((path) => ({ path: `${to}/${path}`, copyOf: join(from, path) }));
}

/** Hash and size of each file below `folder`, by path. */
export function describeFiles(folder: string): LaidFile[] {
  return listFiles(folder).map((path) => {
    const content = readFileSync(join(folder, path));
    return { path, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
  });
}

/** Gives everything below `folder` one time and every folder one mode: what packs it later finds the same whenever it was laid. */
export function settle(folder: string, epochSeconds: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) settle(path, epochSeconds);
    else utimesSync(path, epochSeconds, epochSeconds);
  }
  chmodSync(folder, 0o755);
  utimesSync(folder, epochSeconds, epochSeconds);
}

function listFiles(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? listFiles(folder, path) : [path];
    })
    .toSorted();
}
