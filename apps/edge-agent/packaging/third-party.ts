import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  homepage: z.string().optional(),
  repository: z.union([z.string(), z.object({ url: z.string() })]).optional(),
});
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\b|[-_.])/iu;

export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly home: string | undefined;
  /** Their licence files, whole; empty where the package brings none. */
  readonly texts: readonly string[];
}

/** The packages that the sources at `paths` (relative to `root`) belong to, each once, by name. */
export function thirdPartiesOf(root: string, paths: readonly string[]): ThirdParty[] {
  const folders = new Set(paths.flatMap((path) => packageFolder(path) ?? []));
  return [...folders].map((folder) => readThirdParty(join(root, folder))).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** `node_modules/@scope/name` of a path inside, the innermost one; undefined for our own sources. */
export function packageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(path)?.[0];
}

export function readThirdParty(folder: string): ThirdParty {
  const { name, version, license, homepage, repository } = manifestSchema.parse(
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  return {
    name,
    version,
    licence: license ?? "not stated",
    home: homepage ?? (typeof repository === "string" ? repository : repository?.url),
    texts: files.toSorted().map((file) => readFileSync(join(folder, file), "utf8").trim()),
  };
}

/** One text with the licences of everything in the package that others made. Throws when one brings neither name nor text of a licence. */
export function printNotices(parties: readonly ThirdParty[], runtime: { readonly version: string; readonly licenceFile: string }): string {
  const bare = parties.find((party) => party.licence === "not stated" && party.texts.length === 0);
  if (bare !== undefined) throw new Error(`${bare.name} ${bare.version} says nothing of its licence`);
  if (!existsSync(runtime.licenceFile)) throw new Error(`the licence of Node.js ${runtime.version} is not at ${runtime.licenceFile}`);
  const heads = parties.map(({ name, version, licence, home, texts }) =>
    [`${name} ${version}`, `Licence: ${licence}${home === undefined ? "" : `\nFrom: ${home}`}`, ...texts].join("\n\n"),
  );
  // The licence of what is in the package: npm, which Node.js brings along elsewhere, is not.
  const node = [`Node.js ${runtime.version}, the program alone`, readFileSync(runtime.licenceFile, "utf8").trim()].join("\n\n");
  const window = "The window's parts are listed in window/third-party-licences.md.";
  return `${["Parts of this package that others made, and their licences.", window, ...heads, node].join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
