/** What the live page shows, and what the summary is made of. Everything is plain data; nothing in it is a secret. */
export interface TourView {
  phase: "starting" | "selling" | "cut" | "catchingUp" | "done" | "failed";
  /** One sentence for a person. */
  headline: string;
  line: { cut: boolean };
  tills: TillView[];
  cloud: CloudView | undefined;
  receivers: ReceiverView[];
  /** What head office has listed, and what became of its change. */
  prices: PricesView | undefined;
  /** How many records waited at the tills, over time: for the chart. */
  history: { at: number; waiting: number; cut: boolean }[];
  log: { at: number; text: string }[];
  table: TableRow[];
}

export type Gross = Readonly<Record<string, string>>;

export interface TillView {
  readonly name: string;
  readonly about: string;
  /** What the till has written to its files. */
  sold: { records: number; sales: number; gross: Gross };
  /** What its agent says. */
  agent: AgentView | undefined;
}

export interface AgentView {
  readonly records: number;
  readonly gross: Gross;
  readonly setAside: number;
  readonly upstream: string;
  readonly waiting: number;
  /** The price list as it stands at this till. */
  readonly prices: TillPrices;
  /** When this was heard, in ms since 1970. */
  readonly heardAt: number;
}

export interface TillPrices {
  readonly count: number;
  readonly loaded: boolean;
  /** Of the last change that the till has, among those for everyone. */
  readonly position: number;
  /** When it was last known to be as the cloud has it, in ms since 1970. */
  readonly asOf: number | null;
}

export interface PricesView {
  readonly listed: number;
  /** The new price of one item, in minor units and for people. */
  readonly change: { readonly item: string; readonly amount: string; readonly currency: string; readonly text: string } | undefined;
  /** Whether every price of both tills is the cloud's; undefined: not compared yet. */
  same: boolean | undefined;
}

export interface CloudView {
  readonly records: number;
  readonly gross: Gross;
  readonly setAside: number;
  readonly destinations: readonly DestinationView[];
}

export interface DestinationView {
  readonly name: string;
  readonly state: string;
  readonly delivered: number;
  /** Not delivered yet, for whatever reason. */
  readonly open: number;
}

export interface ReceiverView {
  readonly kind: string;
  readonly count: number;
  readonly gross: Gross;
  readonly duplicatesRefused: number;
  readonly conflicts: number;
  readonly faults: number;
}

/** A line of the final table. `agrees` says whether it holds what the tills rang up. */
export interface TableRow {
  readonly who: string;
  readonly records: number | undefined;
  readonly sales: number | undefined;
  readonly gross: Gross;
  readonly note: string;
  readonly agrees: boolean;
}

/** How many points of the chart and lines of the log are kept: a tour that stays up for days must not grow. */
export const HISTORY_MAX = 600;
const LOG_MAX = 100;

export const emptyView = (): TourView => ({
  phase: "starting",
  headline: "Starting the cloud",
  line: { cut: false },
  tills: [],
  cloud: undefined,
  receivers: [],
  prices: undefined,
  history: [],
  log: [],
  table: [],
});

/** Adds an event for people to read, on the page and on the console. */
export function note(view: TourView, at: number, text: string): void {
  view.log.push({ at, text });
  if (view.log.length > LOG_MAX) view.log.shift();
}
