import { parseArgs } from "node:util";
import { openTestDatabase } from "../../../apps/cloud-sync/src/db/testing/open-test-database.ts";
import { FAULTS, type Fault } from "./faults.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";
import { WEAKNESSES, type Weakness } from "./weaken.ts";

const USAGE = `simulate [--seeds N] [--seed S] [--fault NAME]... [--weaken NAME] [--trace]
  --seeds N     how many worlds, one after the other (default 20)
  --seed S      the first seed (default 1); alone it runs that one
  --fault NAME  these faults instead of the seed's own choice: ${FAULTS.join(", ")}
  --weaken NAME takes one promise away; a checker must find it: ${WEAKNESSES.join(", ")}
  --trace       prints everything that happens`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    fault: { type: "string", multiple: true },
    weaken: { type: "string" },
    trace: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function refuse(): never {
  console.error(USAGE);
  process.exit(2);
}

const first = Number(values.seed ?? 1);
const count = Number(values.seeds ?? (values.seed === undefined ? 20 : 1));
const faults = values.fault as Fault[] | undefined;
if (values.help || !Number.isSafeInteger(first) || !Number.isSafeInteger(count)) refuse();
if (faults?.some((fault) => !FAULTS.includes(fault)) === true) refuse();
if (values.weaken !== undefined && !WEAKNESSES.includes(values.weaken as Weakness)) refuse();

const DAY_MS = 24 * 3_600_000;
const chosen = [
  ...(faults ?? []).map((fault) => ` --fault ${fault}`),
  ...(values.weaken === undefined ? [] : [` --weaken ${values.weaken}`]),
];

function report(result: SeedResult, tookMs: number): void {
  const struck = Object.entries(result.struck).map(([name, times]) => `${name} ${times}`);
  console.log(
    `seed ${result.seed}: ${result.violations.length === 0 ? "ok" : "FAILED"}, ${result.receipts} receipts, ${result.entries} entries, ` +
      `${(result.virtualMs / DAY_MS).toFixed(2)} virtual days, ${result.events} events (${Math.round((result.events / tookMs) * 1_000)}/s), ` +
      `digest ${result.digest.slice(0, 16)}\n  struck: ${struck.join(", ") || "nothing"}`,
  );
  for (const violation of result.violations.slice(0, 20)) console.log(`  ${violation.slice(0, 400)}`);
  if (result.violations.length > 0)
    console.log(
      `  replay: node --conditions=tillsync-source simulation/src/seeded/main.ts --seed ${result.seed}${chosen.join("")} --trace`,
    );
}

const db = await openTestDatabase();
const sum = { failed: 0, days: 0, events: 0, faults: 0 };
const startedMs = performance.now();
for (let seed = first; seed < first + count; seed += 1) {
  const beganMs = performance.now();
  const echo = values.trace ? { echo: (line: string): void => void process.stdout.write(line) } : {};
  const result = await runSeed(
    { seed, ...(faults === undefined ? {} : { faults }), weakness: values.weaken as Weakness | undefined, ...echo },
    db,
  );
  report(result, performance.now() - beganMs);
  sum.failed += result.violations.length === 0 ? 0 : 1;
  sum.days += result.virtualMs / DAY_MS;
  sum.events += result.events;
  sum.faults += Object.values(result.struck).reduce((all, times) => all + times, 0);
}
const tookS = (performance.now() - startedMs) / 1_000;
console.log(
  `${count} seeds, ${sum.failed} failed, ${sum.faults} faults, ${sum.events} events, ${sum.days.toFixed(0)} virtual days in ${tookS.toFixed(1)} s ` +
    `(${((sum.days / tookS) * 60).toFixed(0)} virtual days a minute, ${Math.round(sum.events / tookS)} events/s)`,
);
await db.close();
process.exitCode = sum.failed === 0 ? 0 : 1;
