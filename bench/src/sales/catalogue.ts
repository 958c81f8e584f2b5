import { createRandom, type Random } from "./random.ts";

/** An article of the generated shop. Prices are in cents, tax included. */
export interface Article {
  readonly itemId: string;
  readonly gtin: string;
  readonly description: string;
  readonly priceCents: number;
  readonly taxPercent: 7 | 19;
  /** Sold by weight: the price is for a kilogram. */
  readonly weighed: boolean;
}

/** A small supermarket's active range. */
const ARTICLES = 4_000;
const CATALOGUE_SEED = 20_260_301;

const BRANDS =
  "Alnara Bergkron Casa Delvo Edeka Fyra Gutes Hofland Isola Juno Kernig Lindal Morgen Nordhof Ovo Puro Rewa Sonne Tiva Ursa".split(" ");
const KINDS = (
  "Milk Butter Yoghurt Gouda Bread Rolls Crisps Chocolate Biscuits Coffee Tea Juice Water Lager Shampoo Soap Towels Batteries Pasta Rice " +
  "Flour Sugar Salt Honey Jam Muesli Tuna Ham Salami Chicken Minced Lettuce Cucumber Ketchup Mustard Oil Vinegar Pizza Spinach Berries"
).split(" ");
const KINDS_WEIGHED = "Apples Bananas Grapes Potatoes Carrots Tomatoes Peppers Onions Oranges Pears".split(" ");
const VARIANTS = "Classic Organic Light Family Mini Extra Fine Strong Mild Natural Vanilla Lemon Cherry Nut Herb Spicy".split(" ");
const SIZES = "100g 200g 250g 400g 500g 750g 1kg 0,33l 0,5l 1l 1,5l 6x0,5l 10pc 4pc".split(" ");
/** Endings that shops use. */
const CENTS = [9, 19, 29, 39, 49, 59, 69, 79, 89, 95, 99];

/** The range of the generated shop: names, prices and numbers of a shop's variety, the same on every machine. */
export function buildCatalogue(): readonly Article[] {
  const random = createRandom(CATALOGUE_SEED);
  return Array.from({ length: ARTICLES }, (_, i) => buildArticle(random, i));
}

function buildArticle(random: Random, index: number): Article {
  const weighed = random.chance(0.05);
  const name = weighed
    ? `${random.pick(KINDS_WEIGHED)} ${random.pick(VARIANTS)}`
    : `${random.pick(BRANDS)} ${random.pick(KINDS)} ${random.pick(VARIANTS)} ${random.pick(SIZES)}`;
  const food = random.chance(0.75);
  return {
    itemId: String(100_000 + index * 7 + random.below(7)),
    gtin: withCheckDigit(`0${400 + random.below(40)}${String(random.below(1_000_000_000)).padStart(9, "0")}`),
    description: name.toUpperCase(),
    priceCents: Math.floor(random.next() ** 3 * 20) * 100 + random.pick(CENTS),
    taxPercent: food ? 7 : 19,
    weighed,
  };
}

/** Appends the GS1 check digit to the first 13 digits of a GTIN-14. */
function withCheckDigit(digits: string): string {
  const sum = Array.from(digits).reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return digits + String((10 - (sum % 10)) % 10);
}
