import { readArguments, type BenchArguments } from "./arguments.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import { killRunning } from "./processes/child.ts";
import { removeAllScratch } from "./processes/scratch.ts";
import { describeMachine, formatMachine } from "./report/machine.ts";
import { failedRow, formatRow, type Row } from "./report/row.ts";

const HELP = `npm run bench -- [--json] [--only NAME[,NAME]] [--quick] [--rounds N]

Measures Tillsync against floors and peers that do the same work in the same rounds.
  --json        one JSON document on stdout: a list of rows
  --only NAME   only this one (may be repeated)
  --quick       short runs, to see that all works
  --rounds N    rounds of each benchmark

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join("\n")}

See bench/README.md for what is compared with what.`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  let args: BenchArguments;
  try {
    args = readArguments(
      argv,
      BENCHMARKS.map(({ name }) => name),
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  if (args.help) {
    console.log(HELP);
    return 0;
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
  process.once("exit", () => {
    killRunning();
    removeAllScratch();
  });
  return runAll(args);
}

async function runAll(args: BenchArguments): Promise<number> {
  const machine = describeMachine(new Date());
  if (!args.json) console.log(formatMachine(machine));
  const rows: Row[] = [];
  for (const benchmark of BENCHMARKS.filter(({ name }) => args.only.includes(name))) {
    const progress = (line: string): void => console.error(`${benchmark.name}: ${line}`);
    const row = await benchmark.run({ quick: args.quick, rounds: args.rounds, progress }).catch((error: unknown) => {
      console.error(error);
      return failedRow(benchmark.name, error instanceof Error ? error.message : String(error));
    });
    rows.push(row);
    if (!args.json) console.log(formatRow(row));
  }
  if (args.json)
    console.log(
      JSON.stringify(
        rows.map((row) => ({ ...row, quick: args.quick, machine })),
        undefined,
        2,
      ),
    );
  return rows.some((row) => row.ours === null) ? 1 : 0;
}
