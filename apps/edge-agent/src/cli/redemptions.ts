import { redemptionIdSchema, TillsyncError, type RedemptionId } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { openFolder } from "../core/open-folder.ts";
import { cancel } from "../redemptions/cancel.ts";
import { openReservations } from "../redemptions/open-reservations.ts";
import type { CancelOutcome, OpenReservation } from "../redemptions/outcomes.ts";
import { openToRead } from "../store/open-to-read.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const redemptions: Command = {
  usage: "redemptions list | cancel ID   --data DIR [--json]",
  summary: "redemptions that were reserved and neither committed nor cancelled: lists them, gives one up",
  run: async (args) => {
    const flags = readFlags(args, {}, "any");
    const [action, id, ...more] = flags.positionals;
    if (action === "list" && id === undefined) {
      const rows = (await askAgent(flags.data, "redemptions-list", {})) ?? listAtRest(flags.data);
      console.log(flags.json ? JSON.stringify(rows) : rows.length === 0 ? "nothing is reserved" : rows.map(lineOf).join("\n"));
      return 0;
    }
    const named = redemptionIdSchema.safeParse(id);
    if (action !== "cancel" || !named.success || more.length > 0) throw new TillsyncError("usage.invalid", "list, or cancel ID");
    const outcome = (await askAgent(flags.data, "redemptions-cancel", { id: named.data })) ?? cancelAtRest(flags.data, named.data);
    console.log(flags.json ? JSON.stringify(outcome) : outcome.kind);
    return outcome.kind === "cancelled" ? 0 : 1;
  },
};

function listAtRest(dir: string): OpenReservation[] {
  const store = openToRead(dir, () => Date.now());
  try {
    return openReservations(store);
  } finally {
    store.close();
  }
}

function cancelAtRest(dir: string, id: RedemptionId): CancelOutcome {
  const folder = openFolder(dir, { now: () => Date.now() });
  try {
    return cancel(folder.store, id);
  } finally {
    folder.close();
  }
}

const lineOf = (row: OpenReservation): string =>
  [
    row.redemptionId,
    `${row.account.kind} ${row.account.id}`,
    `${row.amount} ${row.unit}`,
    row.policy ?? "",
    `${Math.floor(row.ageMs / 60_000)} min`,
    ...(row.isStale ? ["of an earlier life: cancel it"] : []),
  ].join("\t");
