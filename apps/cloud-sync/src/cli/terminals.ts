import { TillsyncError } from "@tillsync/sync-protocol";
import { listTerminals } from "../devices/list-terminals.ts";
import { revokeTerminal } from "../devices/revoke-terminal.ts";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { withDatabase } from "./with-database.ts";

export const terminals: Command = {
  usage: "terminals list | revoke TERMINAL  --data DIR|--database-url URL [--json]",
  summary: "Lists the terminals with their state, version and clock; revokes one, which acts at its next request.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, {}, 2);
    const [action, terminal] = positionals;
    if (action === "revoke" && terminal !== undefined) {
      await withDatabase(values, (db) => revokeTerminal(db, terminal));
      console.log(values.json ? JSON.stringify({ terminal, state: "revoked" }) : `${terminal} is revoked`);
      return 0;
    }
    if (action !== "list" || terminal !== undefined)
      throw new TillsyncError("usage.invalid", "terminals list, or terminals revoke TERMINAL");
    const rows = await withDatabase(values, listTerminals);
    if (values.json) console.log(JSON.stringify({ terminals: rows }));
    else
      for (const row of rows)
        console.log([row.terminalId, row.storeId, row.state, row.agentVersion ?? "-", seen(row.lastSeenMs)].join("\t"));
    return 0;
  },
};

const seen = (ms: number | null): string => (ms === null ? "never seen" : new Date(ms).toISOString());
