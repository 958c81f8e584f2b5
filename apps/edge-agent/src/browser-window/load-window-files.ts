import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { TillsyncError } from "@tillsync/sync-protocol";
import { FILES_BYTES_MAX, FILES_MAX } from "./limits.ts";

/** Beside the installed bundle, and where the sources' own build puts it. */
const PLACES = ["./window/", "../window/", "../../desktop/out/window/"];
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/vnd.microsoft.icon",
  ".woff2": "font/woff2",
  ".json": "application/json; charset=utf-8",
};

export interface WindowFile {
  readonly type: string;
  readonly bytes: Buffer;
}
/** By path within the window, with `/`. What is not in here is not served: no path reaches the disk. */
export type WindowFiles = ReadonlyMap<string, WindowFile>;

/** The folder of the built window. Throws `window.not-built`. */
export function findWindowFolder(from: string = import.meta.url): string {
  const folder = PLACES.map((place) => fileURLToPath(new URL(place, from))).find((place) => existsSync(join(place, "index.html")));
  if (folder === undefined) throw new TillsyncError("window.not-built", fileURLToPath(new URL(PLACES[0] ?? "", from)));
  return folder;
}

/** Reads the window into memory; links and files of other kinds are left out. Throws `window.not-built` for what is no window. */
export function loadWindowFiles(folder: string): WindowFiles {
  const files = new Map<string, WindowFile>();
  let bytes = 0;
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of found) {
    const type = TYPES[extname(entry.name)];
    if (type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    bytes += content.length;
    if (files.size >= FILES_MAX || bytes > FILES_BYTES_MAX) throw new TillsyncError("window.not-built", `${folder}: too much for a window`);
    files.set(relative(folder, path).replaceAll(sep, "/"), { type, bytes: content });
  }
  if (!files.has("index.html")) throw new TillsyncError("window.not-built", folder);
  return files;
}
