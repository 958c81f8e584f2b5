import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { withDatabase } from "./with-database.ts";
import { verifyLog } from "../event-log/verify-log.ts";

export const verify: Command = {
  usage: "verify --data DIR|--database-url URL [--json]",
  summary: "Reads the whole event log again: every chain from its start, every signed head, every position. Exit 1 if anything is wrong.",
  run: async (args) => {
    const { values } = parseFlags(args, {});
    const found = await withDatabase(values, verifyLog);
    if (values.json) console.log(JSON.stringify(found));
    else {
      for (const problem of found.problems) console.log(`WRONG ${JSON.stringify(problem)}`);
      console.log(`${found.ok ? "right" : "WRONG"}: ${found.entries} entries, ${found.segments} batches, ${found.journals} journals`);
    }
    return found.ok ? 0 : 1;
  },
};
