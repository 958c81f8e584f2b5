import { TillsyncError } from "@tillsync/sync-protocol";

/** C0 controls and DEL: a line break would begin a setting of its own, and nothing that is meant has the others. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001F\u007F]/u;
const PLAIN = /^[A-Za-z0-9@_+=:,./-]+$/u;

/** Throws `service.name-unsafe` for a text that no service description can hold. */
export function refuseControls(text: string): string {
  if (CONTROLS.test(text)) throw new TillsyncError("service.name-unsafe", JSON.stringify(text).slice(0, 200));
  return text;
}

/**
 * One word of a command line in a unit. systemd expands `%` and `$`, splits at blanks, and reads backslashes and quotes;
 * each is written so that the program gets the text as it is. Throws `service.name-unsafe` at control characters.
 */
export function systemdWord(text: string): string {
  const escaped = refuseControls(text).replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (PLAIN.test(text)) return escaped;
  return `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** One path in a list of paths (`ReadWritePaths=`): as a word, but `$` means nothing there. Throws `service.name-unsafe`. */
export function systemdPath(path: string): string {
  const escaped = refuseControls(path).replaceAll("%", "%%");
  if (PLAIN.test(path)) return escaped;
  return `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Users and groups by the strict rule of the tools that make them: nothing else goes into a unit. Throws `service.name-unsafe`. */
export function accountName(text: string): string {
  if (!/^[a-z_][a-z0-9_-]{0,30}$/u.test(text)) throw new TillsyncError("service.name-unsafe", JSON.stringify(text).slice(0, 200));
  return text;
}
