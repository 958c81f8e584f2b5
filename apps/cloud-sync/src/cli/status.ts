import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { withDatabase } from "./with-database.ts";
import { readStatus, type CloudStatus } from "../status/read-status.ts";

export const status: Command = {
  usage: "status --data DIR|--database-url URL [--json]",
  summary: "Shows what the cloud holds: entries, transactions, journals, forks, terminals, destinations.",
  run: async (args) => {
    const { values } = parseFlags(args, {});
    const found = await withDatabase(values, readStatus);
    if (values.json) console.log(JSON.stringify(found));
    else printStatus(found);
    return 0;
  },
};

function printStatus(found: CloudStatus): void {
  const gross = Object.entries(found.transactions.grossByCurrency).map(([currency, amount]) => `${amount} ${currency}`);
  console.log(`${found.entries} entries of ${found.journals.length} journals, ${found.terminals.length} terminals`);
  console.log(`${found.transactions.count} transactions, gross ${gross.join(", ") || "nothing"}; ${found.setAside} set aside`);
  for (const fork of found.forks)
    console.log(
      fork.kind === "conflict"
        ? `FORK ${fork.terminalId} epoch ${fork.epoch} at entry ${fork.seq}`
        : `NEW EPOCH ${fork.terminalId} epoch ${fork.epoch} (${fork.reason}) after epoch ${fork.previousEpoch} entry ${fork.previousSeq}`,
    );
  for (const one of found.destinations)
    console.log(`${one.name} (${one.kind}) ${one.state}: ${one.delivered} delivered, ${one.pending} pending`);
}
