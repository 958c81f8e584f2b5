import { TillsyncError } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { askDestination, type Asked } from "../destinations/ask-destination.ts";
import { findDestination } from "../destinations/destination.ts";
import { openLine } from "../destinations/line.ts";
import { reconcileDay, type DestinationReconciliation, type ReconcileWish, type Share } from "../destinations/reconcile.ts";
import type { Seal } from "../destinations/seal.ts";
import { systemPorts } from "../subscribers/ports.ts";
import type { Command } from "./command.ts";
import { databaseFlags, sealOf } from "./destinations/flags.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { readBusinessDay } from "./read-business-day.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = {
  "business-day": { type: "string" },
  store: { type: "string" },
  destination: { type: "string" },
  ask: { type: "boolean", default: false },
} as const;

/** With `--ask` also the destination's own answer, or why there is none. */
type Reconciled = DestinationReconciliation & { readonly ask?: Asked | { readonly error: string } };

export const reconcile: Command = {
  usage: "reconcile --business-day D [--store S] [--destination D] [--ask]  --data DIR|--database-url URL [--json]",
  summary:
    "Compares what the log holds of a day with what each destination acknowledged, by count and money; with --ask also with what the destination itself answers, receipt by receipt. Exit 1 when they differ.",
  run: async (args) => {
    const { values } = parseFlags(args, FLAGS);
    const businessDay = readBusinessDay(required(values["business-day"], "business-day"));
    const wish: ReconcileWish = { businessDay, store: values.store, destination: values.destination };
    const seal = values.ask ? await sealOf(values) : undefined;
    const found = await withDatabase(databaseFlags(values), async (db) => {
      const reconciled: Reconciled[] = await reconcileDay(db, wish);
      return seal === undefined ? reconciled : askAll(db, seal, reconciled, wish);
    });
    const equal = found.every((one) => one.equal && (one.ask === undefined || "error" in one.ask || one.ask.equal));
    if (values.json) console.log(JSON.stringify({ businessDay, equal, destinations: found }));
    else found.forEach(print);
    return equal ? 0 : 1;
  },
};

/** A destination that cannot be asked fails the command only when it was named. */
async function askAll(db: Database, seal: Seal, reconciled: readonly Reconciled[], wish: ReconcileWish): Promise<Reconciled[]> {
  const done: Reconciled[] = [];
  for (const one of reconciled) {
    const { key } = await findDestination(db, one.destination);
    const line = await openLine(db, key, seal, systemPorts);
    try {
      done.push({ ...one, ask: await askDestination(db, line, wish, systemPorts) });
    } catch (error) {
      const cannot = error instanceof TillsyncError && error.code === "destination.no-look-up";
      if (!cannot || wish.destination !== undefined) throw error;
      done.push({ ...one, ask: { error: error.code } });
    } finally {
      await line.session.close();
    }
  }
  return done;
}

function print(one: Reconciled): void {
  console.log(`${one.destination}: log ${shareText(one.log)}`);
  for (const [state, share] of Object.entries(one.by)) console.log(`  ${state}\t${shareText(share)}`);
  for (const { store, log, by } of one.stores)
    console.log(
      `  store ${store}\t${shareText(log)}\t${Object.entries(by)
        .map(([state, { count }]) => `${count} ${state}`)
        .join(", ")}`,
    );
  for (const row of one.missing) console.log(`  missing\t${row.naturalKey}\trevision ${row.revision}\t${row.state}\t${row.grand ?? ""}`);
  if (one.missingMore) console.log("  more are missing");
  if (one.ask !== undefined) printAsked(one.ask);
}

function printAsked(ask: NonNullable<Reconciled["ask"]>): void {
  if ("error" in ask) return console.log(`  not asked\t${ask.error}`);
  console.log(`  asked about ${ask.asked} receipts: ${ask.equal ? "it holds what we hold" : "it differs"}`);
  for (const { naturalKey, revision, what, ours, theirs } of ask.differences) {
    const [own, other] = [ours.total, theirs?.total].map((total) => (total === undefined ? "-" : `${total.amount} ${total.currency}`));
    console.log(`  ${what}\t${naturalKey}\trevision ${revision}\tours ${ours.state} ${own}\ttheirs ${theirs?.vendorId ?? "-"} ${other}`);
  }
  if (ask.differencesMore) console.log("  more differ");
  for (const row of ask.unansweredFirst) console.log(`  no answer\t${row.naturalKey}\trevision ${row.revision}\t${row.detail}`);
  if (ask.unanswered > ask.unansweredFirst.length) console.log(`  no answer about ${ask.unanswered} receipts in all`);
}

const shareText = ({ count, gross }: Share): string =>
  `${count} receipts, ${
    Object.entries(gross)
      .map(([currency, text]) => `${text} ${currency}`)
      .join(", ") || "-"
  }`;
