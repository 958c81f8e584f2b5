import type { Benchmark } from "./benchmark.ts";
import { capture } from "./capture/capture.ts";
import { delimited } from "./delimited/delimited.ts";
import { drainMillion } from "./drain-1m/drain-1m.ts";
import { drain } from "./drain/drain.ts";
import { fanOut } from "./fan-out/fan-out.ts";
import { firstLoad } from "./first-load/first-load.ts";
import { idle } from "./idle/idle.ts";
import { poslog } from "./poslog/poslog.ts";
import { priceFanOut } from "./price-fan-out/price-fan-out.ts";
import { keyOrder } from "./key-order/key-order.ts";
import { shopFloor } from "./shop-floor/shop-floor.ts";
import { startUp } from "./start-up/start-up.ts";
import { wire } from "./wire/wire.ts";

/** All benchmarks, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  capture,
  drain,
  drainMillion,
  wire,
  fanOut,
  keyOrder,
  firstLoad,
  priceFanOut,
  idle,
  shopFloor,
  startUp,
  poslog,
  delimited,
];
