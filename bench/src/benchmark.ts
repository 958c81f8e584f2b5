import type { Row } from "./report/row.ts";

/** What every benchmark gets. */
export interface BenchContext {
  readonly quick: boolean;
  /** Rounds asked for; each benchmark has its own number otherwise. */
  readonly rounds: number | undefined;
  /** Tells a person what is going on, on stderr. */
  readonly progress: (line: string) => void;
}

/** One benchmark: what it measures in a sentence, and how. Leaves no process and no folder behind. */
export interface Benchmark {
  readonly name: string;
  readonly about: string;
  readonly run: (context: BenchContext) => Promise<Row>;
}
