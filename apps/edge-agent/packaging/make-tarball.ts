import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { dirname, basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { settle } from "./package-files.ts";

export interface TarballOptions {
  readonly version: string;
  readonly platform: string;
  readonly epochSeconds: number;
  /** Of gzip, 1 to 9. */
  readonly level: number;
}

/**
 * Packs the folder `program` under its own name: sorted, all of root, at one time, so that the same files give the same
 * bytes. Answers the tarball's path in `out`. Needs GNU tar.
 */
export async function makeTarball(program: string, out: string, options: TarballOptions): Promise<string> {
  settle(program, options.epochSeconds);
  const file = join(out, `tillsync-agent-${options.version}-${options.platform}.tar.gz`);
  const owner = ["--owner=0", "--group=0", "--numeric-owner"];
  const args = [
    "--create",
    "--format=gnu",
    "--sort=name",
    `--mtime=@${options.epochSeconds}`,
    ...owner,
    "-C",
    dirname(program),
    basename(program),
  ];
  const tar = spawn("tar", args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(tar, "close");
  await pipeline(tar.stdout, createGzip({ level: options.level }), createWriteStream(file));
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`tar exited ${code}`);
  return file;
}
