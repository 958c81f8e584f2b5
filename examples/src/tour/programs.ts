import { fileURLToPath } from "node:url";

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The programs that the tour runs, as a user would. */
export const EDGE_AGENT = inRepository("apps/edge-agent/bin/edge-agent.mjs");
export const CLOUD_SYNC = inRepository("apps/cloud-sync/bin/cloud-sync.mjs");
export const RECEIVER = inRepository("examples/src/receivers/main.ts");

/** Reads a line that is one JSON object; undefined for any other, such as a line of a log. */
export function readJsonLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The address in a program's first JSON line. */
export const readUrl = (line: string): string | undefined => readText(line, "url");

/** The link that `edge-agent open --json` prints. */
export const readLink = (line: string): string | undefined => readText(line, "link");

function readText(line: string, field: string): string | undefined {
  const text = readJsonLine(line)?.[field];
  return typeof text === "string" ? text : undefined;
}
