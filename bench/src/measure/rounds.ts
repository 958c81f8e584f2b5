import { median } from "./median.ts";

/** One way to do the work. Each call is a whole run in processes of its own and says what it measured. */
export interface Contestant<Result> {
  readonly name: string;
  run(round: number): Promise<Result>;
}

/** What the rounds gave, by contestant: `results[name][round]`. A contestant that failed once is out, with its reason. */
export interface Rounds<Result> {
  readonly count: number;
  readonly results: ReadonlyMap<string, readonly Result[]>;
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Runs all contestants once a round, in an order that moves on by one each round and turns round every second one, so
 * that none always follows the same neighbour or always meets the machine fresh. `required` ones throw when they fail;
 * the others drop out.
 */
export async function runRounds<Result>(
  count: number,
  contestants: readonly Contestant<Result>[],
  required: readonly string[],
): Promise<Rounds<Result>> {
  const results = new Map<string, Result[]>(contestants.map(({ name }) => [name, []]));
  const failures = new Map<string, string>();
  for (let round = 0; round < count; round += 1) {
    for (const contestant of orderOf(contestants, round)) {
      if (failures.has(contestant.name)) continue;
      try {
        results.get(contestant.name)?.push(await contestant.run(round));
      } catch (error) {
        if (required.includes(contestant.name)) throw error;
        failures.set(contestant.name, reasonOf(error));
        results.delete(contestant.name);
      }
    }
  }
  return { count, results, failures };
}

export function orderOf<T>(items: readonly T[], round: number): T[] {
  const start = items.length === 0 ? 0 : round % items.length;
  const moved = [...items.slice(start), ...items.slice(0, start)];
  return round % 2 === 0 ? moved : moved.toReversed();
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

/**
 * Median over the rounds of `ours / theirs` of the same round: what a machine did to both in a minute is divided out.
 * For figures where more is better, such as a rate.
 */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new Error("a ratio needs both figures of each round");
  return median(ours.map((value, i) => value / (theirs[i] ?? Number.NaN)));
}
