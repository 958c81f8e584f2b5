import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A page that leads to the link, readable to this person alone. Other users of a Unix machine can read what programs are
 * started with: a link among the arguments would be theirs for as long as the browser needs to use it.
 */
export function writeHandOverPage(
  link: string,
  folder: string = process.env["XDG_RUNTIME_DIR"] ?? tmpdir(),
): { path: string; remove: () => void } {
  // The system makes it with rights for its owner alone.
  const own = mkdtempSync(join(folder, "tillsync-window-"));
  const path = join(own, "window.html");
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${link}"><title>Tillsync</title></head><body><a href="${link}">Tillsync</a></body></html>\n`;
  writeFileSync(path, page, { mode: 0o600, flag: "wx" });
  return { path, remove: () => rmSync(own, { recursive: true, force: true }) };
}
