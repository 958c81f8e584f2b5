import { parseArgs } from "node:util";

export interface BenchArguments {
  readonly help: boolean;
  readonly json: boolean;
  /** Shorter runs and fewer rounds: to see that all works. Its figures are not for publishing. */
  readonly quick: boolean;
  /** Names of the benchmarks to run, in the order of the list. */
  readonly only: readonly string[];
  readonly rounds: number | undefined;
}

/** Reads the command line. Throws an `Error` with a plain message for a wrong one. */
export function readArguments(argv: readonly string[], names: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      rounds: { type: "string" },
    },
  });
  const only = (values.only ?? []).flatMap((list) => list.split(","));
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no benchmark is called ${unknown.join(", ")}; there are ${names.join(", ")}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= ROUNDS_MAX))
    throw new Error(`--rounds is a number from 1 to ${ROUNDS_MAX}`);
  return {
    help: values.help,
    json: values.json,
    quick: values.quick,
    only: only.length === 0 ? names : names.filter((name) => only.includes(name)),
    rounds,
  };
}

const ROUNDS_MAX = 50;
