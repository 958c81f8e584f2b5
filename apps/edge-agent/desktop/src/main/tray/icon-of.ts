import { join } from "node:path";
import { nativeImage, type NativeImage } from "electron";
import type { Shown } from "../../language/tray-sentence.ts";

/** While the agent is asked, the glyph of work under way: never the one that says that all is safe. */
export const glyphOf = (kind: Shown["kind"]): Exclude<Shown["kind"], "asking"> => (kind === "asking" ? "sending" : kind);

/** Windows wants its own format, macOS a template that it colours itself, Linux a picture; doubled ones are found beside. */
export function trayIcon(folder: string, kind: Shown["kind"], platform: NodeJS.Platform = process.platform): NativeImage {
  const name = { win32: ".ico", darwin: "Template.png" }[platform as string] ?? "-24.png";
  return nativeImage.createFromPath(join(folder, "tray", `${glyphOf(kind)}${name}`));
}

/** The window's own picture in a task bar: there the state shows where no tray does. */
export const windowIcon = (folder: string, kind: Shown["kind"]): NativeImage =>
  nativeImage.createFromPath(join(folder, "tray", `${glyphOf(kind)}-32.png`));
