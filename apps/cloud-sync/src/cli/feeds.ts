import { TillsyncError } from "@tillsync/sync-protocol";
import type { Command } from "./command.ts";
import { add } from "./feeds/add.ts";
import { FLAGS, type Values } from "./feeds/flags.ts";
import { list } from "./feeds/list.ts";
import { remove } from "./feeds/remove.ts";
import { run } from "./feeds/run.ts";
import { setState } from "./feeds/set-state.ts";
import { show } from "./feeds/show.ts";
import { parseFlags } from "./parse-flags.ts";

const ACTIONS: Readonly<Record<string, (values: Values, subject: string) => Promise<number>>> = {
  add,
  show,
  run,
  remove,
  pause: (values, name) => setState(values, name, "paused"),
  resume: (values, name) => setState(values, name, "active"),
};

export const feeds: Command = {
  usage: `feeds list | add FILE.json | show NAME | run NAME [--full] [--allow-deletions] [--wait SECONDS] | pause NAME | resume NAME
      | remove NAME  --data DIR|--database-url URL [--json]`,
  summary: "Sets up the systems that products, prices, stock and orders come from; shows what they bring and what of it is refused.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 2);
    const [action = "", subject] = positionals;
    if (action === "list" && subject === undefined) return list(values);
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (act === undefined || subject === undefined)
      throw new TillsyncError("usage.invalid", `feeds list | ${Object.keys(ACTIONS).join(" | ")}, each with a name or file`);
    return act(values, subject);
  },
};
