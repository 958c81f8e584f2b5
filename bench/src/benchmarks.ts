import type { Benchmark } from "./benchmark.ts";
import { capture } from "./capture/capture.ts";
import { drain } from "./drain/drain.ts";

/** All benchmarks, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [capture, drain];
