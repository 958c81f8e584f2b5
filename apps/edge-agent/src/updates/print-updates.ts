import type { Veto } from "./hours/may-apply.ts";
import type { UpdatesStatus } from "./start-updates.ts";

const WORDS: Readonly<Record<Veto, string>> = {
  clock: "this machine's clock cannot be believed",
  open: "the shop is open, or opens or has closed just now",
  sale: "something was sold a moment ago",
  draining: "sales are being sent",
  reading: "a source is being read",
  paused: "sources are paused for maintenance",
  disk: "the disk is full",
};

const instant = (ms: number): string => new Date(ms).toISOString();

/** What `updates status` says to a person. */
export function printUpdates({ version, isConfigured, state, vetoes, appliesFromMs }: UpdatesStatus): string {
  const { phase, last, check } = state;
  const lines = [`version ${version}`];
  if (isConfigured === false) lines.push("no updates are looked for: no place is named, or the package brings no keys");
  if (check.atMs !== null) lines.push(`looked ${instant(check.atMs)}${check.code === null ? "" : `: ${check.code}`}`);
  if (phase.kind === "none") lines.push("no update waits");
  else lines.push(`version ${phase.release.version}: ${phase.kind}`);
  if (appliesFromMs !== null) lines.push(`to be put in place from ${instant(appliesFromMs)}`);
  for (const veto of vetoes ?? []) lines.push(`  not now: ${WORDS[veto]}`);
  if (last !== null) lines.push(`last: ${last.version} ${last.ending} ${instant(last.atMs)}${last.code === null ? "" : ` (${last.code})`}`);
  return lines.join("\n");
}
