import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./tools.ts";

/** The same package under another version, as the next packing of these sources would be. Answers its path, beside `deb`. */
export async function repack(deb: string, version: string): Promise<string> {
  const folder = `${deb}.d`;
  await must(["dpkg-deb", "-R", deb, folder]);
  const control = join(folder, "DEBIAN/control");
  writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/mu, `Version: ${version}`));
  const path = deb.replace(/_[^_]+_/u, `_${version}_`);
  await must(["dpkg-deb", "--root-owner-group", "-Znone", "-b", folder, path]);
  rmSync(folder, { recursive: true });
  return path;
}
