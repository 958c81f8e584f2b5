import { openFolder } from "../core/open-folder.ts";
import { pruneEntries } from "../journal/prune.ts";
import { pruneReceipts } from "../journal/prune-receipts.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const prune: Command = {
  usage: "prune --data DIR [--json]",
  summary: "deletes old acknowledged entries now; a running agent does so by itself every hour",
  run: (args) => {
    const flags = readFlags(args);
    const folder = openFolder(flags.data, { now: () => Date.now() });
    try {
      let entries = 0;
      for (let step = 1; step > 0; entries += step) step = pruneEntries(folder.store, folder.config.retentionDays);
      for (let after: string | undefined = ""; after !== undefined;) after = pruneReceipts(folder.store, folder.config.receiptDays, after);
      console.log(flags.json ? JSON.stringify({ entries }) : `${entries} entries pruned`);
      return Promise.resolve(0);
    } finally {
      folder.close();
    }
  },
};
