import { TillsyncError } from "@tillsync/sync-protocol";
import { allowPosStores, listStores } from "../devices/allow-pos-stores.ts";
import { retakeSetAside } from "../transactions/retake.ts";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { withDatabase } from "./with-database.ts";

export const stores: Command = {
  usage: "stores list | allow STORE [--pos-store NUMBER]...  --data DIR|--database-url URL [--json]",
  summary: "Lists the stores; sets which of the POS's store numbers the terminals of a store may write (none named: any).",
  run: async (args) => {
    const { values, positionals } = parseFlags(
      args,
      { "pos-store": { type: "string", multiple: true, default: [] as string[] } } as const,
      2,
    );
    const [action, store] = positionals;
    if (action === "allow" && store !== undefined) {
      await withDatabase(values, async (db) => {
        await allowPosStores(db, store, values["pos-store"]);
        // What was set aside for its store number may be right now.
        await retakeSetAside(db, Date.now);
      });
      const posStores = values["pos-store"].length === 0 ? null : values["pos-store"];
      console.log(values.json ? JSON.stringify({ store, posStores }) : `${store} may write ${posStores?.join(", ") ?? "any store number"}`);
      return 0;
    }
    if (action !== "list" || store !== undefined) throw new TillsyncError("usage.invalid", "stores list, or stores allow STORE");
    const rows = await withDatabase(values, listStores);
    if (values.json) console.log(JSON.stringify({ stores: rows }));
    else for (const row of rows) console.log([row.storeId, `${row.terminals} terminals`, row.posStores?.join(",") ?? "any"].join("\t"));
    return 0;
  },
};
