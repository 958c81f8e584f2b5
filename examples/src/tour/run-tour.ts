import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startAgent, type Agent } from "./agent.ts";
import { startCloud, type Cloud } from "./cloud.ts";
import { everythingArrived } from "./compare.ts";
import type { Crew } from "./crew.ts";
import { comparePrices } from "./compare-prices.ts";
import { openHeadOffice, type HeadOffice } from "./head-office.ts";
import { openLine, type Line } from "./line.ts";
import type { TourOptions } from "./options.ts";
import { RECEIVER_KINDS, startReceiver, type Receiver } from "./receivers.ts";
import { sell, type TourTill } from "./sell.ts";
import { note, type TourView } from "./view.ts";
import { waitForChange, waitForPriceList } from "./wait-for-prices.ts";
import { watch } from "./watch.ts";

/** By the till's number: opens its window, and gives the link. */
export type OpenWindows = Map<number, () => Promise<string>>;

export interface TourDeps {
  readonly crew: Crew;
  readonly folder: string;
  readonly options: TourOptions;
  readonly view: TourView;
  /** Filled with the tills that have a window. */
  readonly windows: OpenWindows;
  /** Ends the tour early. */
  readonly signal: AbortSignal;
  /** Called with each event that a person should read. */
  readonly say: (text: string) => void;
}

const STORE = "store-1";
/** Records a second at speed 1, both tills together. */
const RECORDS_PER_SECOND = 20;
/** The part of the day during which the line is cut. */
const CUT_FROM = 0.3;
const CUT_TO = 0.7;
/** After the last sale, everything must have arrived within this time. */
const PATIENCE_MS = 90_000;
const LOOK_AGAIN_MS = 200;
const SETTLE_MS = 1_500;
/** A till over a slow share: the pause between the pieces of one receipt. */
const SLOW_PIECE_MS = 2;

/** A tour that has been played and is still up. */
export interface PlayedTour {
  /** Whether every sale arrived everywhere exactly once. */
  readonly arrived: boolean;
  /** Closes what the tour holds open itself; its programs are the crew's. */
  end(): Promise<void>;
}

/** Plays the whole tour on an empty folder. Throws when something would not start, or when `signal` ends it. */
export async function runTour(deps: TourDeps): Promise<PlayedTour> {
  const { crew, folder, options, view, signal, say } = deps;
  const [cloud, ...receivers] = await Promise.all([
    startCloud(crew, folder),
    ...RECEIVER_KINDS.map((kind) => startReceiver(crew, kind, { folder, faults: options.faults, seed: options.seed })),
  ]);
  say("The cloud is up with a PostgreSQL of its own, and so are an ERP, an OMS and a loyalty engine");
  const line = await openLine(cloud.port);
  const watching = new AbortController();
  let watched: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    watching.abort();
    await watched;
    await line.close();
  };
  try {
    const tills = makeTills(deps);
    view.headline = "Enrolling two tills";
    const [agents, headOffice] = await Promise.all([
      openStore(deps, cloud, receivers, line, tills),
      openHeadOffice({ cloud, folder, seed: options.seed, view, say }),
    ]);
    say("Two tills are enrolled, each with an agent; their sales go out to three destinations");
    watched = watch(view, { agents, cloud, receivers }, watching.signal);
    await waitForPriceList(view, signal);
    say("Both tills have the price list");
    await playDay(deps, tills, line, headOffice);
    await comparePrices(view, cloud, agents);
    return { arrived: await waitForAll(deps), end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** One till writes a growing file a day, slowly, in dollars; the other a file for each receipt, in euro. */
function makeTills({ folder, options, view }: TourDeps): TourTill[] {
  const businessDay = new Date().toISOString().slice(0, 10);
  const day = { seed: options.seed, store: "0101", businessDay, sales: options.sales };
  const pause = (): Promise<void> => sleep(SLOW_PIECE_MS);
  const kinds = [
    { about: "dollars, tax on top", style: "us", mode: "daily", manner: "slow" },
    { about: "euro, tax in the price", style: "eu", mode: "perReceipt", manner: "atomic" },
  ] as const;
  return kinds.map(({ about, style, mode, manner }, index): TourTill => {
    const workstation = String(index + 1);
    const till = { name: `Till ${workstation}`, about, sold: { records: 0, sales: 0, gross: {} }, agent: undefined };
    view.tills.push(till);
    const outbox = join(folder, `till-${workstation}`);
    return { view: till, day: { ...day, style, workstation }, files: { folder: outbox, mode, manner, pause } };
  });
}

async function openStore(
  deps: TourDeps,
  cloud: Cloud,
  receivers: readonly Receiver[],
  line: Line,
  tills: readonly TourTill[],
): Promise<Agent[]> {
  const { crew, folder, windows } = deps;
  await Promise.all(
    receivers.map((receiver) => cloud.addWebhook({ name: receiver.kind, url: receiver.url, secretFile: receiver.secretFile })),
  );
  return Promise.all(
    tills.map(async ({ day, files }) => {
      const name = `agent-${day.workstation}`;
      const code = await cloud.enrolCode(STORE, `till-${day.workstation}`);
      const agent = await startAgent(crew, { name, folder, outbox: files.folder, cloudUrl: `http://127.0.0.1:${line.port}`, code });
      windows.set(Number(day.workstation), () => agent.openWindow());
      return agent;
    }),
  );
}

/** The day, in the middle of which the line is cut until head office has changed a price. Ends when the tills have heard of it. */
async function playDay(deps: TourDeps, tills: readonly TourTill[], line: Line, headOffice: HeadOffice): Promise<void> {
  const { options, view, signal, say } = deps;
  enter(view, "selling", "The tills are selling");
  let changed: Promise<boolean> | undefined;
  let isChanged = false;
  let heard: Promise<void> | undefined;
  const cut = (): void => {
    line.cut();
    view.line.cut = true;
    enter(view, "cut", "The line to the cloud is cut; the tills go on selling");
    say("The line to the cloud is cut");
    changed = headOffice.changePrice().then(() => (isChanged = true));
    /* Whoever waits for it below hears of its failure. */
    changed.catch(() => {});
  };
  const restore = (): void => {
    line.restore();
    view.line.cut = false;
    enter(view, "catchingUp", "The line is back; the tills catch up while they sell");
    say("The line is back");
    heard = waitForChange(view, { restoredAt: Date.now(), say, signal });
    heard.catch(() => {});
  };
  const onProgress = (share: number): void => {
    if (changed === undefined && share >= CUT_FROM) cut();
    else if (isChanged && line.isCut() && share >= CUT_TO) restore();
  };
  await sell({ tills, perSecond: RECORDS_PER_SECOND * options.speed, onProgress, signal });
  say("The tills have closed their day");
  await changed;
  if (line.isCut()) restore();
  enter(view, "catchingUp", "The day is over; the last sales are on their way");
  await heard;
}

const enter = (view: TourView, phase: TourView["phase"], headline: string): void => {
  view.phase = phase;
  view.headline = headline;
};

async function waitForAll({ view, signal, say }: TourDeps): Promise<boolean> {
  const until = Date.now() + PATIENCE_MS;
  const agree = (): boolean => everythingArrived(view, view.table, RECEIVER_KINDS.length);
  while (Date.now() < until) {
    if (agree()) {
      /* A sale that comes twice would come now: everyone is asked once more. */
      await sleep(SETTLE_MS, undefined, { signal });
      if (agree()) {
        enter(view, "done", "Every sale arrived everywhere exactly once");
        say("Everything has arrived");
        return true;
      }
    }
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
  enter(view, "failed", "Not everything arrived in time");
  return false;
}

/** Keeps an event for the page. */
export const sayOn =
  (view: TourView, print: (text: string) => void) =>
  (text: string): void => {
    note(view, Date.now(), text);
    print(text);
  };
