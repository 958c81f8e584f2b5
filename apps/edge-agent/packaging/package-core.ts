import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assembleProgram, labelProgram, manifest, type AssembleOptions } from "./assemble.ts";
import { makeDeb } from "./make-deb.ts";
import { makeTarball } from "./make-tarball.ts";

export interface PackageOptions extends AssembleOptions {
  /** Where the packages go; made when it is not there. */
  readonly out: string;
  readonly kinds: readonly ("deb" | "tar")[];
  /** Which packing of this version it is, from 1; only the .deb carries it. */
  readonly revision: number;
  /** Fast: larger packages, for tests that install them at once. */
  readonly fast: boolean;
}

/** One time for everything that is packed: SOURCE_DATE_EPOCH, or that of the newest commit. Throws where there is neither. */
function sourceTime(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const text = given ?? execFileSync("git", ["log", "-1", "--format=%ct"], { cwd, encoding: "utf8" });
  const seconds = Number(text.trim());
  if (!Number.isSafeInteger(seconds) || seconds <= 0) throw new Error(`SOURCE_DATE_EPOCH is no time: ${text}`);
  return seconds;
}

/** Builds the core's packages for this system. Answers their paths. The same sources and time give the same bytes. */
export async function packageCore(options: PackageOptions): Promise<string[]> {
  const { platform, arch } = process;
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64"))
    throw new Error(`packages are made on Linux on x64 or arm64, not on ${platform}-${arch}`);
  const epochSeconds = sourceTime();
  mkdirSync(options.out, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "tillsync-package-"));
  try {
    const made: string[] = [];
    const { version } = manifest;
    const label = { version, platform, arch, node: process.versions.node } as const;
    const name = `tillsync-agent-${version}-${platform}-${arch}`;
    const program = join(scratch, name);
    await assembleProgram(program, scratch, options);
    if (options.kinds.includes("tar")) {
      labelProgram(program, { package: "tar", ...label });
      const to = { version, platform: `${platform}-${arch}`, epochSeconds, level: options.fast ? 1 : 9 };
      made.push(await makeTarball(program, options.out, to));
      rmSync(join(program, "release.json"));
    }
    if (options.kinds.includes("deb")) {
      labelProgram(program, { package: "deb", ...label });
      const to = { version: `${version}-${options.revision}`, arch, epochSeconds, compression: options.fast ? "none" : "xz" } as const;
      made.push(makeDeb(program, scratch, options.out, to));
    }
    return made;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
