import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** By this mark the tool that sets fuses finds them in Electron's program; their states follow, here as Electron comes. */
const FUSE_SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const FUSES = "101100011";

/**
 * Makes a folder such as Electron's release is, so that a package can be built without it: its program is a script of Node
 * that opens the package's own archive and starts what is in it, with the stand-in in Electron's place.
 */
export function makeCarrier(folder: string): void {
  const asar = pathToFileURL(createRequire(import.meta.url).resolve("@electron/asar")).href;
  const register = new URL("./register.ts", import.meta.url).href;
  mkdirSync(join(folder, "locales"), { recursive: true });
  mkdirSync(join(folder, "resources"));
  for (const name of ["de", "fr", "en-US", "ja"]) writeFileSync(join(folder, "locales", `${name}.pak`), "");
  for (const name of ["LICENSE", "version", "icudtl.dat", "resources.pak", "chrome-sandbox"]) writeFileSync(join(folder, name), "");
  const wire = `${FUSE_SENTINEL}\u0001${String.fromCharCode(FUSES.length)}${FUSES}`;
  const program = `#!${process.execPath}
/* ${wire} */
const { mkdtempSync, readFileSync, rmSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const folder = mkdtempSync(join(require("node:os").tmpdir(), "tsc-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
void (async () => {
  const { extractAll } = await import(${JSON.stringify(asar)});
  extractAll(join(__dirname, "resources", "app.asar"), folder);
  await import(${JSON.stringify(register)});
  const { main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  await import(pathToFileURL(join(folder, main)).href);
})();
`;
  writeFileSync(join(folder, "electron"), program, { mode: 0o755 });
}

/** The states of the fuses in a program, `0` or `1` each, in Electron's order. */
export function readFuses(program: string): string {
  const text = readFileSync(program, "latin1");
  const start = text.indexOf(FUSE_SENTINEL) + FUSE_SENTINEL.length + 2;
  return text.slice(start, start + FUSES.length);
}
