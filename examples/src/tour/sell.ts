import { setTimeout as sleep } from "node:timers/promises";
import {
  openTillWriter,
  runningTotals,
  tillDay,
  type ExpectedTotals,
  type TillDayOptions,
  type TillWriterOptions,
} from "../pos-generator/index.ts";
import type { TillView } from "./view.ts";

/** A till of the tour: the day it has, and how it writes its files. */
export interface TourTill {
  readonly view: TillView;
  readonly day: TillDayOptions;
  readonly files: TillWriterOptions;
}

export interface SellingOptions {
  readonly tills: readonly TourTill[];
  /** Records a second, all tills together. */
  readonly perSecond: number;
  /** Called after each record with the share of the day that is over, 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Plays the tills' days side by side, a record at a time, and keeps each till's own totals in its view. */
export async function sell({ tills, perSecond, onProgress, signal }: SellingOptions): Promise<void> {
  const desks = tills.map((till) => ({
    till,
    records: [...tillDay(till.day)],
    totals: runningTotals(),
    writer: openTillWriter(till.files),
  }));
  const all = desks.reduce((total, desk) => total + desk.records.length, 0);
  const started = performance.now();
  let done = 0;
  try {
    for (let turn = 0; done < all; turn += 1) {
      for (const desk of desks) {
        const record = desk.records[turn];
        if (record === undefined) continue;
        await desk.writer.write(record);
        desk.totals.add(record);
        done += 1;
        desk.till.view.sold = soldOf(desk.totals.read());
        onProgress(done / all);
        const ahead = (done / perSecond) * 1_000 - (performance.now() - started);
        if (ahead > 0) await sleep(ahead, undefined, { signal });
      }
    }
  } finally {
    for (const desk of desks) desk.writer.close();
  }
}

const soldOf = ({ transactions, sales, grossByCurrency }: ExpectedTotals): TillView["sold"] => ({
  records: transactions,
  sales,
  gross: grossByCurrency,
});
