import { TillsyncError } from "@tillsync/sync-protocol";
import type { Command } from "./command.ts";
import { edit, release, retry, retryAll, skip } from "./deliveries/change.ts";
import { FLAGS, readId } from "./deliveries/flags.ts";
import { audit, list } from "./deliveries/list.ts";
import { show } from "./deliveries/show.ts";
import { parseFlags } from "./parse-flags.ts";

/** Ids of one command at most. */
const IDS_MAX = 1_000;

export const deliveries: Command = {
  usage: `deliveries list [--destination D] [--state parked|held|uncertain|retrying] [--after ID] [--limit N] | show ID
      | retry ID... | retry --destination D --state S [--reason TEXT] | skip ID --reason TEXT | edit ID --file FILE.json --reason TEXT
      | release --destination D --key ORDERING_KEY --reason TEXT | audit [--destination D] [--after ID] [--limit N]
      --data DIR|--database-url URL [--json]`,
  summary:
    "Lists and shows what has not simply arrived; tries it again, corrects how it is coded, lets others go on, or decides that it need not arrive. All of it is kept on record.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, IDS_MAX + 1);
    const [action, ...rest] = positionals;
    if (rest.length === 0) {
      if (action === "list") return list(values);
      if (action === "audit") return audit(values);
      if (action === "release") return release(values);
      if (action === "retry") return retryAll(values);
    }
    const ids = rest.map(readId);
    const [id] = ids;
    if (action === "retry" && id !== undefined) return retry(values, ids);
    if (id !== undefined && ids.length === 1) {
      if (action === "show") return show(values, id);
      if (action === "skip") return skip(values, id);
      if (action === "edit") return edit(values, id);
    }
    throw new TillsyncError("usage.invalid", "deliveries list | show ID | retry ID... | skip ID | edit ID | release | audit");
  },
};
