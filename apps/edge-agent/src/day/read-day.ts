import { currencyExponent } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { DAYS_MAX, TILLS_MAX, type DayAnswer, type TillDay } from "../window-api/day.ts";
import { compareReport, isSame, minus, NOTHING, type Counted } from "./compare-report.ts";
import { latestReport, reportsOfDay, type KeptReport, type LatestReport } from "./day-reports.ts";
import { eachTillReceipt, sequenceOf } from "./till-receipts.ts";

interface TillSum {
  readonly store: string;
  readonly workstation: string;
  readonly currency: string;
  readonly counted: Counted;
}

/**
 * What each till sold on a day, the latest one unless another is asked for, beside what the POS itself says. Reads page by
 * page, so that a sale that comes meanwhile does not wait.
 */
export async function readDay(store: AgentStore, asked?: string): Promise<DayAnswer> {
  const days = store
    .prepare<[number], { business_day: string }>(sql`SELECT DISTINCT business_day FROM day_total ORDER BY business_day DESC LIMIT ?`)
    .all(DAYS_MAX)
    .map(({ business_day }) => business_day);
  const businessDay = asked ?? days[0];
  if (businessDay === undefined) return { businessDay: null, days, tills: [] };
  const reports = reportsOfDay(store, businessDay);
  const tills: TillDay[] = [];
  for (const sum of tillSums(store, businessDay, reports).slice(0, TILLS_MAX)) {
    const latest = latestReport(reports.filter((report) => isOf(report, sum)));
    tills.push(await presentTill(store, businessDay, sum, latest));
  }
  return { businessDay, days, tills };
}

const isOf = (report: KeptReport, sum: TillSum): boolean =>
  report.store === sum.store && report.workstation === sum.workstation && report.currency === sum.currency;

/** Tills with sales, and those of which there is a report alone. */
function tillSums(store: AgentStore, businessDay: string, reports: readonly KeptReport[]): TillSum[] {
  const sums = store
    .prepare<[string, number], Omit<TillSum, "counted"> & { sales: number; gross: string }>(
      sql`SELECT store, workstation, currency, sum(sales) AS sales, CAST(sum(gross) AS TEXT) AS gross FROM day_total
          WHERE business_day = ? AND currency <> '' GROUP BY store, workstation, currency HAVING sum(transactions) > 0
          ORDER BY store, workstation, currency LIMIT ?`,
    )
    .all(businessDay, TILLS_MAX)
    .map(({ sales, gross, ...till }): TillSum => ({ ...till, counted: { sales, gross: BigInt(gross) } }));
  for (const report of reports) {
    if (sums.some((sum) => isOf(report, sum))) continue;
    const { store: shop, workstation, currency } = report;
    sums.push({ store: shop, workstation, currency, counted: NOTHING });
  }
  return sums;
}

async function presentTill(store: AgentStore, businessDay: string, sum: TillSum, latest: LatestReport | undefined): Promise<TillDay> {
  const { counted, ...till } = sum;
  const exponent = latest?.report.exponent ?? currencyExponent(till.currency) ?? 2;
  const shown = { ...till, exponent, sales: counted.sales, gross: String(counted.gross) };
  if (latest === undefined) return { ...shown, pos: null, agrees: "no-report" };
  const { report } = latest;
  const quick = meantAtOnce(latest, counted);
  const [first, ...others] = quick.some((one) => isSame(report, one)) ? quick : [...(await meantByReceipts(store, latest)), ...quick];
  const { counted: compared, agrees } = compareReport(report.kind, report, [first ?? counted, ...others]);
  return {
    ...shown,
    pos: {
      kind: report.kind,
      reportNumber: report.report_number,
      count: report.count,
      grand: report.grand === null ? null : String(report.grand),
      at: report.at,
      salesThen: compared.sales,
      grossThen: String(compared.gross),
    },
    agrees,
  };
}

/** What was counted here when the report came, and what is counted by now: since the count began anew, and of the whole day. */
function meantAtOnce({ report, reset }: LatestReport, now: Counted): Counted[] {
  const before = reset?.counted ?? NOTHING;
  return [...(report.counted === null ? [] : [minus(report.counted, before), report.counted]), minus(now, before), now];
}

/**
 * The receipts that the POS numbered before the report, whenever they came: a file of sales may be read after the one with
 * the report. Where the POS does not number all in one sequence, those that came before it.
 */
async function meantByReceipts(store: AgentStore, { report, reset }: LatestReport): Promise<Counted[]> {
  const [limit, from] = [sequenceOf(report.natural_key), reset === undefined ? undefined : sequenceOf(reset.natural_key)];
  let [byNumber, byNumberBefore, byArrival, byArrivalBefore] = [NOTHING, NOTHING, NOTHING, NOTHING];
  let isNumbered = limit !== undefined;
  const till = { businessDay: report.business_day, store: report.store, workstation: report.workstation };
  await eachTillReceipt(store, till, (receipt) => {
    if (receipt.counts === 0 || receipt.currency !== report.currency) return;
    const number = sequenceOf(receipt.natural_key);
    if (number === undefined) isNumbered = false;
    else if (limit !== undefined && number < limit) byNumber = plus(byNumber, receipt.gross);
    if (number !== undefined && from !== undefined && number < from) byNumberBefore = plus(byNumberBefore, receipt.gross);
    if (receipt.entry_key < report.entry_key) byArrival = plus(byArrival, receipt.gross);
    if (reset !== undefined && receipt.entry_key < reset.entry_key) byArrivalBefore = plus(byArrivalBefore, receipt.gross);
  });
  const arrived = [minus(byArrival, byArrivalBefore), byArrival];
  return isNumbered ? [minus(byNumber, byNumberBefore), byNumber, ...arrived] : arrived;
}

const plus = (sum: Counted, gross: bigint): Counted => ({ sales: sum.sales + 1, gross: sum.gross + gross });
