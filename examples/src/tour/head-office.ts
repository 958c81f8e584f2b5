import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatAmount, type Amount } from "@tillsync/sync-protocol";
import { makeCatalogue } from "../reference-generator/catalogue.ts";
import { writeFeeds } from "../reference-generator/write-feeds.ts";
import type { Cloud } from "./cloud.ts";
import type { TourView } from "./view.ts";

/** Whoever sets the prices of the tour's store. It speaks to the cloud alone. */
export interface HeadOffice {
  /** Gives one item a new price in the cloud. */
  changePrice(): Promise<void>;
}

interface HeadOfficeOptions {
  readonly cloud: Cloud;
  readonly folder: string;
  /** The same seed gives the same prices. */
  readonly seed: string;
  readonly view: TourView;
  readonly say: (text: string) => void;
}

const PRODUCTS = 300;
/** What the generated lists are in. */
const CURRENCY = "EUR";
const EXPONENT = 2;
const RISE_CENTS = 100;

/** Writes a price list as a spreadsheet would, and imports it into the cloud. */
export async function openHeadOffice({ cloud, folder, seed, view, say }: HeadOfficeOptions): Promise<HeadOffice> {
  const feeds = join(folder, "head-office");
  writeFeeds(feeds, { products: PRODUCTS, stores: 1, seed });
  const listed = await cloud.importPrices(join(feeds, "prices.csv"), join(feeds, "prices.mapping.json"));
  view.prices = { listed, change: undefined, same: undefined };
  say(`Head office has imported a list of ${listed} prices`);
  /* An offer would hide the regular price. */
  const item = makeCatalogue(PRODUCTS, seed).find(({ offerCents }) => offerCents === undefined);
  if (item === undefined) throw new Error("the price list has an offer for everything");
  return {
    changePrice: async () => {
      const amount = String(item.cents + RISE_CENTS);
      const row = { id: `${item.id}:regular`, itemId: item.id, kind: "regular", currency: CURRENCY, exponent: EXPONENT, amount };
      const file = join(feeds, "change.ndjson");
      writeFileSync(file, `${JSON.stringify(row)}\n`);
      const changed = await cloud.importPrices(file);
      if (changed !== 1) throw new Error(`${changed} prices were changed instead of one`);
      const change = { item: item.id, amount, currency: CURRENCY, text: inFull(amount) };
      view.prices = { listed, change, same: undefined };
      say(
        `Head office has changed a price while no till can hear of it: item ${item.id} from ${inFull(String(item.cents))} to ${change.text}`,
      );
    },
  };
}

const inFull = (amount: string): string => `${formatAmount(amount as Amount, EXPONENT)} ${CURRENCY}`;
