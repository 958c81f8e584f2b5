import { accountKinds, accountSchema, amountSchema, epochSchema, TillsyncError, type Account } from "@tillsync/sync-protocol";
import { creditAccount } from "../accounts/credit-accounts.ts";
import { importCredits } from "../accounts/import-credits.ts";
import { countOdd, LIST_ROWS_MAX, listAccounts, showAccount, type AccountDetail, type AccountRow } from "../accounts/list-accounts.ts";
import { releaseLease } from "../accounts/release-lease.ts";
import type { Command } from "./command.ts";
import { whoRuns } from "./destinations/flags.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { readCount } from "./read-count.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = {
  kind: { type: "string" },
  after: { type: "string" },
  limit: { type: "string" },
  amount: { type: "string" },
  unit: { type: "string" },
  reference: { type: "string" },
  store: { type: "string" },
  lease: { type: "string" },
  reason: { type: "string" },
} as const;
type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];
const LIST_ROWS = 100;

export const accounts: Command = {
  usage:
    "accounts list [--kind K] [--after KEY] [--limit N] | show KIND ID | credit KIND ID --amount MINOR --unit U --reference R [--store S] [--reason R] | import FILE.ndjson | release KIND ID --lease TERMINAL:EPOCH --reason R  --data DIR|--database-url URL [--json]",
  summary: "Points, gift cards and promised goods: what they have, who holds leases of it; pays in; frees the lease of a lost terminal.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 3);
    const [action, kind, id] = positionals;
    if (action === "list" && kind === undefined) return list(values);
    if (action === "show") return show(values, readAccount(kind, id));
    if (action === "import" && kind !== undefined && id === undefined) return importFile(values, kind);
    if (action === "credit") return credit(values, readAccount(kind, id));
    if (action === "release") return release(values, readAccount(kind, id));
    throw new TillsyncError("usage.invalid", "accounts list, show, credit, import or release");
  },
};

function readAccount(kind: string | undefined, id: string | undefined): Account {
  const parsed = accountSchema.safeParse({ kind, id });
  if (parsed.success) return parsed.data;
  throw new TillsyncError("usage.invalid", `name an account by its kind (${accountKinds.join(", ")}) and its id`);
}

async function list(values: Values): Promise<number> {
  const limit = readCount(values.limit, "limit", LIST_ROWS, LIST_ROWS_MAX);
  const wish = { kind: values.kind, after: values.after ?? "", limit };
  const { rows, odd } = await withDatabase(values, async (db) => ({ rows: await listAccounts(db, wish), odd: await countOdd(db) }));
  const last = rows.length === limit ? rows.at(-1)?.account : undefined;
  const next = last && `${last.kind}:${last.id}`;
  if (values.json) console.log(JSON.stringify({ accounts: rows, uncounted: odd, ...(next === undefined ? {} : { next }) }));
  else {
    for (const row of rows) console.log(line(row));
    if (odd > 0) console.error(`${odd} entries count nowhere: see accounts show`);
    if (next !== undefined) console.error(`more follow: --after ${next}`);
  }
  return 0;
}

async function show(values: Values, account: Account): Promise<number> {
  const found = await withDatabase(values, (db) => showAccount(db, account));
  if (found === undefined) throw new TillsyncError("account.unknown", `${account.kind}:${account.id}`);
  if (values.json) console.log(JSON.stringify(found));
  else print(found);
  return 0;
}

async function credit(values: Values, account: Account): Promise<number> {
  const amount = amountSchema.safeParse(required(values.amount, "amount"));
  if (!amount.success || amount.data.startsWith("-") || amount.data === "0")
    throw new TillsyncError("usage.invalid", "--amount: a whole number of minor units above zero");
  const wish = {
    account,
    amount: amount.data,
    unit: required(values.unit, "unit"),
    reference: required(values.reference, "reference"),
    store: values.store,
    reason: values.reason,
  };
  const kind = await withDatabase(values, (db) => creditAccount(db, wish, whoRuns(), Date.now()));
  console.log(values.json ? JSON.stringify({ kind }) : kind);
  return 0;
}

async function importFile(values: Values, file: string): Promise<number> {
  const report = await withDatabase(values, (db) => importCredits(db, file, whoRuns(), Date.now));
  if (values.json) console.log(JSON.stringify(report));
  else {
    for (const row of report.rows) console.log([`line ${row.line}`, row.code, row.detail].join("\t"));
    console.log(`${report.credited} credited, ${report.repeated} were known, ${report.refused} refused`);
  }
  return report.refused === 0 ? 0 : 1;
}

async function release(values: Values, account: Account): Promise<number> {
  const [terminal = "", epochText = ""] = required(values.lease, "lease").split(":");
  const epoch = epochSchema.safeParse(Number(epochText));
  if (!epoch.success) throw new TillsyncError("usage.invalid", "--lease TERMINAL:EPOCH");
  const wish = { account, terminal, epoch: epoch.data, who: whoRuns(), reason: required(values.reason, "reason") };
  const released = await withDatabase(values, (db) => releaseLease(db, wish, Date.now()));
  console.log(values.json ? JSON.stringify({ released }) : `${released} released`);
  return 0;
}

const line = (row: AccountRow): string =>
  [
    `${row.account.kind} ${row.account.id}`,
    row.unit,
    `balance ${row.balance}`,
    `free ${row.free}`,
    `leased ${row.leased}`,
    `at risk ${row.risk}`,
    ...(row.overdrawn === "0" ? [] : [`OVERDRAWN ${row.overdrawn}`]),
  ].join("\t");

function print(found: AccountDetail): void {
  console.log(line(found));
  for (const one of found.leases) {
    const marks = [
      one.recalled && "recalled",
      one.released !== "0" && `released ${one.released}`,
      one.overdrawn !== "0" && `OVERDRAWN ${one.overdrawn}`,
    ];
    const counts = `granted ${one.granted}\tused ${one.used}\treturned ${one.returned}\tunused ${one.unused}`;
    console.log(["", `${one.terminal}:${one.epoch}`, counts, ...marks.filter((mark) => mark !== false)].join("\t"));
  }
  for (const one of found.entries) {
    const marks = [
      one.atRisk !== null && `at risk ${one.atRisk}`,
      one.outcome !== "counted" && one.outcome.toUpperCase(),
      one.isRepeated && "REPEATED",
    ];
    const what = [one.kind, one.amount, one.policy ?? "", one.redemptionId, `${one.terminal}:${one.epoch}`];
    console.log(["", ...what, ...marks.filter((mark) => mark !== false)].join("\t"));
  }
  for (const one of found.audit)
    console.log(["", new Date(one.atMs).toISOString(), one.action, one.amount, one.lease ?? "", one.who, one.reason ?? ""].join("\t"));
}
