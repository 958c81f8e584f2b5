import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { expectedTotals, openTillWriter, tillDay, tradingDay, writeCanonicalDay, type TillTransaction } from "./index.ts";

const HELP = `Writes the POSLog files of one till's business day, and prints what a reader should find in them.

  node examples/src/pos-generator/main.ts --out DIR [options]

  --out DIR             the folder to write to
  --sales N             receipts that count (default 200)
  --seed TEXT           the same seed gives the same day (default 1)
  --store ID            default 0101
  --workstation ID      default 1
  --business-day DATE   default 2026-03-02
  --style us|eu         dollars with tax on top, or euro with tax in the price (default us)
  --mode daily|perReceipt
  --slow MS             write each receipt in pieces with MS milliseconds between them
  --form poslog|canonical
                        canonical: a whole store's day as NDJSON of Tillsync's own model, with steps of orders, changes of
                        members, stock movements, later revisions and day closes; --style, --mode, --workstation and --slow
                        do not apply to it
`;

const optionsSchema = z.object({
  out: z.string().min(1),
  sales: z.coerce.number().int().min(0).max(1_000_000).default(200),
  seed: z.string().default("1"),
  store: z.string().min(1).default("0101"),
  workstation: z.string().min(1).default("1"),
  "business-day": z.iso.date().default("2026-03-02"),
  style: z.enum(["us", "eu"]).default("us"),
  mode: z.enum(["daily", "perReceipt"]).default("daily"),
  form: z.enum(["poslog", "canonical"]).default("poslog"),
  slow: z.coerce.number().int().min(0).max(60_000).optional(),
});

async function run(options: z.infer<typeof optionsSchema>): Promise<void> {
  if (options.form === "canonical") runCanonical(options);
  else await runPoslog(options);
}

function runCanonical({ out, sales, seed, store, "business-day": businessDay }: z.infer<typeof optionsSchema>): void {
  const { entries, expected } = tradingDay({ sales, seed, store, businessDay });
  const files = writeCanonicalDay(out, entries).length;
  const { standing, ...books } = expected.books;
  console.log(JSON.stringify({ files, ...expected, books: { standing: standing.length, ...books } }, undefined, 2));
}

async function runPoslog(options: z.infer<typeof optionsSchema>): Promise<void> {
  const { out, slow, mode, form: _form, "business-day": businessDay, ...day } = options;
  const writer = openTillWriter({ folder: out, mode, manner: slow === undefined ? "atomic" : "slow", pause: () => sleep(slow ?? 0) });
  const written: TillTransaction[] = [];
  for (const transaction of tillDay({ ...day, businessDay })) {
    await writer.write(transaction);
    written.push(transaction);
  }
  writer.close();
  console.log(JSON.stringify(expectedTotals(written), undefined, 2));
}

const flags = ["out", "sales", "seed", "store", "workstation", "business-day", "style", "mode", "slow", "form"] as const;
try {
  const { values } = parseArgs({
    options: { help: { type: "boolean" }, ...Object.fromEntries(flags.map((flag) => [flag, { type: "string" } as const])) },
  });
  if (values["help"] === true) console.log(HELP);
  else {
    const options = optionsSchema.safeParse(values);
    if (options.success) await run(options.data);
    else {
      console.error(z.prettifyError(options.error));
      process.exitCode = 2;
    }
  }
} catch (error) {
  if (!(error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))) throw error;
  console.error(`${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}
