import { formatAmount, parseAmount, type Amount } from "@tillsync/sync-protocol";
import { currencyExponent } from "@tillsync/sync-protocol";
import type { Gross, PricesView, TableRow, TourView } from "./view.ts";

/** Adds decimal sums by currency, exactly. */
export function addGross(all: readonly Gross[]): Gross {
  const totals = new Map<string, bigint>();
  for (const [currency, text] of all.flatMap((gross) => Object.entries(gross))) {
    const parsed = parseAmount(text, exponentOf(currency));
    if (!parsed.ok) throw new Error(`${currency} ${text} is no amount`);
    totals.set(currency, (totals.get(currency) ?? 0n) + BigInt(parsed.amount));
  }
  const sorted = [...totals].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([currency, minor]) => [currency, formatAmount(minor.toString() as Amount, exponentOf(currency))]));
}

const exponentOf = (currency: string): number => currencyExponent(currency) ?? 2;

/** The same money; a currency with nothing in it may be missing. */
export function sameGross(a: Gross, b: Gross): boolean {
  const negated = Object.fromEntries(
    Object.entries(b).map(([currency, text]) => [currency, text.startsWith("-") ? text.slice(1) : `-${text}`]),
  );
  return Object.values(addGross([a, negated])).every((left) => /^-?0(\.0+)?$/.test(left));
}

/** The tills against everyone after them, by count and money. Rows of parties that have not been heard are left out. */
export function compare(view: TourView): TableRow[] {
  const records = total(view.tills.map((till) => till.sold.records));
  const sales = total(view.tills.map((till) => till.sold.sales));
  const gross = addGross(view.tills.map((till) => till.sold.gross));
  const rows: TableRow[] = [{ who: "Tills", records, sales, gross, note: "what was rung up", agrees: true }];
  const agents = view.tills.flatMap((till) => (till.agent === undefined ? [] : [till.agent]));
  if (agents.length === view.tills.length && agents.length > 0) {
    const seen = total(agents.map((agent) => agent.records));
    const sum = addGross(agents.map((agent) => agent.gross));
    const [aside, waiting] = [total(agents.map((agent) => agent.setAside)), total(agents.map((agent) => agent.waiting))];
    const agrees = seen === records && sameGross(sum, gross) && aside === 0 && waiting === 0;
    rows.push({ who: "Agents", records: seen, sales: undefined, gross: sum, note: words({ "set aside": aside, waiting }), agrees });
  }
  if (view.cloud !== undefined) {
    const { cloud } = view;
    const agrees = cloud.records === records && sameGross(cloud.gross, gross) && cloud.setAside === 0;
    rows.push({
      who: "Cloud",
      records: cloud.records,
      sales: undefined,
      gross: cloud.gross,
      note: words({ "set aside": cloud.setAside }),
      agrees,
    });
  }
  for (const receiver of view.receivers) {
    const open = view.cloud?.destinations.find((destination) => destination.name === receiver.kind)?.open ?? 0;
    const agrees = receiver.count === sales && sameGross(receiver.gross, gross) && receiver.conflicts === 0 && open === 0;
    const note = words({
      "failed on purpose": receiver.faults,
      "refused as doubles": receiver.duplicatesRefused,
      conflicts: receiver.conflicts,
      open,
    });
    rows.push({
      who: receiver.kind === "loyalty" ? "Loyalty" : receiver.kind.toUpperCase(),
      records: undefined,
      sales: receiver.count,
      gross: receiver.gross,
      note,
      agrees,
    });
  }
  if (view.prices !== undefined) rows.push(pricesRow(view.prices));
  return rows;
}

/** What flows down: the cloud's price list against both tills'. */
function pricesRow({ listed, change, same }: PricesView): TableRow {
  const changed = change === undefined ? "" : `; item ${change.item} costs ${change.text} now`;
  const note = same === undefined ? `${listed} in the cloud` : `${listed} at each till against the cloud's${changed}`;
  return { who: "Prices", records: undefined, sales: undefined, gross: {}, note, agrees: same === true };
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0);

/** `3 set aside, 1 waiting`; what is zero is left out. */
const words = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(", ");

/** Tills, every agent, the cloud and `receivers` receivers have been heard, and all hold the same; and so do the price lists. */
export const everythingArrived = (view: TourView, rows: readonly TableRow[], receivers: number): boolean =>
  rows.length === 4 + receivers && rows.every((row) => row.agrees) && view.tills.length > 0;
