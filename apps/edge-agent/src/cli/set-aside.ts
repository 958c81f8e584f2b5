import { resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { listSetAside, showSetAside } from "../capture/list-set-aside.ts";
import { retrySetAside, type RetryReport } from "../capture/retry-set-aside.ts";
import { readJsonFile } from "../config/load-config.ts";
import { askAgent } from "../control/ask-agent.ts";
import { configuredSource } from "../core/configured-source.ts";
import { openFolder } from "../core/open-folder.ts";
import { openToRead } from "../store/open-to-read.ts";
import type { SetAsideFull, SetAsideRow } from "../window-api/set-aside.ts";
import type { Command } from "./command.ts";
import { readFlags, type FlagValues } from "./read-flags.ts";

export const setAside: Command = {
  usage: "set-aside list [--all] | show ID | retry [ID...] [--config FILE]   --data DIR [--json]",
  summary: "what could not become a transaction: lists it, shows its bytes, reads it again after a fix",
  run: async (args) => {
    const flags = readFlags(args, { all: { type: "boolean" }, config: { type: "string" } }, "any");
    const [action, ...ids] = flags.positionals;
    switch (action ?? "") {
      case "list":
        return list(flags);
      case "show":
        return show(flags, ids);
      case "retry":
        return retry(flags, ids.map(toId));
      default:
        throw new TillsyncError("usage.invalid", "list, show or retry");
    }
  },
};

async function list(flags: FlagValues): Promise<number> {
  const all = flags.has("all");
  const rows = (await askAgent(flags.data, "set-aside-list", { all })) ?? atRest(flags.data, (store) => listSetAside(store, all));
  print(flags, rows, rows.length === 0 ? "nothing is set aside" : rows.map(lineOf).join("\n"));
  return 0;
}

async function show(flags: FlagValues, ids: readonly string[]): Promise<number> {
  const id = toId(ids[0] ?? "");
  const item: SetAsideFull =
    (await askAgent(flags.data, "set-aside-show", { id })) ?? atRest(flags.data, (store) => showSetAside(store, id));
  print(flags, item, `${lineOf(item)}\n\n${item.text ?? item.base64 ?? ""}${item.cut ? "\n[cut: the rest is in the source]" : ""}`);
  return 0;
}

async function retry(flags: FlagValues, ids: number[]): Promise<number> {
  const file = flags.text("config");
  const config = file === undefined ? undefined : readJsonFile(resolve(file));
  const request = config === undefined ? { ids } : { ids, config };
  const report = (await askAgent(flags.data, "set-aside-retry", request)) ?? (await retryHere(flags.data, ids, config));
  print(
    flags,
    report,
    report.items.map((item) => `${item.id}: ${item.state}${item.code === null ? "" : ` [${item.code}] ${item.detail ?? ""}`}`).join("\n"),
  );
  return report.ok ? 0 : 1;
}

async function retryHere(dir: string, ids: readonly number[], config: unknown): Promise<RetryReport> {
  const folder = openFolder(dir, { now: () => Date.now() });
  try {
    return await retrySetAside({ ...folder, configOf: configuredSource(dir, () => folder.config) }, ids, config);
  } finally {
    folder.close();
  }
}

function atRest<T>(dir: string, read: (store: ReturnType<typeof openToRead>) => T): T {
  const store = openToRead(dir, () => Date.now());
  try {
    return read(store);
  } finally {
    store.close();
  }
}

const lineOf = (row: SetAsideRow): string =>
  [
    row.id,
    row.at,
    row.state,
    row.code,
    row.detail ?? "",
    row.name ?? (row.entry === null ? "" : `entry ${row.entry.epoch}/${row.entry.seq}`),
    row.range?.join("-") ?? "",
    row.handedToIt === null ? "" : `handed to IT: ${row.handedToIt.supportNumber}`,
  ]
    .join("  ")
    .trimEnd();

function toId(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new TillsyncError("usage.invalid", "name an item by its number; see set-aside list");
  return Number(text);
}

function print(flags: FlagValues, document: unknown, text: string): void {
  console.log(flags.json ? JSON.stringify(document) : text);
}
