import { TillsyncError } from "@tillsync/sync-protocol";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { deleteDocument } from "./reference/delete.ts";
import { FLAGS } from "./reference/flags.ts";
import { importFile } from "./reference/import.ts";
import { list, show, status } from "./reference/look.ts";

export const reference: Command = {
  usage: `reference import --collection C [--scope SCOPE] [--mapping FILE.json] [--move] [--dry-run]
      [--replace [--max-deleted-percent N]] FILE.csv|FILE.ndjson
      | list COLLECTION [--scope SCOPE] [--after ID] [--limit N] | show COLLECTION ID | delete COLLECTION ID [--scope SCOPE] | status
      --data DIR|--database-url URL [--json]`,
  summary: "Imports products, prices and what else flows down to terminals; lists, shows and deletes it.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 3);
    const [action, first, second] = positionals;
    const count = positionals.length;
    if (action === "status" && count === 1) return status(values);
    if (action === "import" && first !== undefined && count === 2) return importFile(values, first);
    if (action === "list" && first !== undefined && count === 2) return list(values, first);
    if (action === "show" && first !== undefined && second !== undefined) return show(values, first, second);
    if (action === "delete" && first !== undefined && second !== undefined) return deleteDocument(values, first, second);
    throw new TillsyncError("usage.invalid", "reference import FILE, list COLLECTION, show COLLECTION ID, delete COLLECTION ID or status");
  },
};
