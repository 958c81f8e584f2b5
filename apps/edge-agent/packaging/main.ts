/* `npm run package:core`: the core's own installers for this system, a .deb and a tarball with its Node.js. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { packageCore } from "./package-core.ts";

const USAGE = `npm run package:core -- [--out DIR] [--only deb|tar] [--revision N] [--window DIR] [--release-root FILE] [--fast]

  --out           where the packages go (out/packages in the working folder)
  --only          one of the two
  --revision      which packing of this version the .deb is, from 1
  --window        a window that is built already
  --release-root  the keys that updates must be signed with; without them the package takes no updates
  --fast          larger packages in less time, to try things`;

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "out/packages" },
    only: { type: "string" },
    revision: { type: "string", default: "1" },
    window: { type: "string" },
    "release-root": { type: "string" },
    fast: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const kinds = (["deb", "tar"] as const).filter((kind) => values.only === undefined || values.only === kind);
const revision = Number(values.revision);
if (values.help || kinds.length === 0 || !Number.isSafeInteger(revision) || revision < 1) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(values.help ? 0 : 2);
}
const made = await packageCore({
  out: resolve(values.out),
  kinds,
  revision,
  window: values.window && resolve(values.window),
  releaseRoot: values["release-root"] && resolve(values["release-root"]),
  fast: values.fast,
});
for (const path of made) process.stdout.write(`${path}  ${(statSync(path).size / 1e6).toFixed(1)} MB\n`);
