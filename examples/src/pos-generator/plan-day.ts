import type { Random } from "./random.ts";

/** Moments that end in a receipt that counts. */
const countedMoments = [
  "sale",
  "return",
  "blindReturn",
  "exchange",
  "lineVoid",
  "receiptDiscount",
  "bigBasket",
  "postVoid",
  "resume",
] as const;
/** Moments that leave a record but no sale. */
const otherMoments = ["suspend", "cancel", "training", "noSale", "paidIn", "paidOut"] as const;
export type Moment = (typeof countedMoments)[number] | (typeof otherMoments)[number];

/** Moments need a sale before them that can be taken back: a day opens with a few plain ones. */
const OPENING_SALES = 3;
/** A day at least this long has every kind of moment at least once. */
const FULL_DAY = OPENING_SALES + countedMoments.length;

/** The order of a day's moments, with exactly `sales` of them counted. */
export function planDay(random: Random, sales: number): Moment[] {
  const opening = Array.from({ length: Math.min(sales, OPENING_SALES) }, (): Moment => "sale");
  const rest = sales - opening.length;
  const once: Moment[] = sales >= FULL_DAY ? [...countedMoments] : [];
  const drawn = Array.from({ length: rest - once.length }, () => drawMoment(random));
  const middle = random.shuffle([...once, ...drawn]);
  const extras = sales >= FULL_DAY ? otherMoments.filter((moment) => moment !== "suspend") : [];
  return [...opening, ...withSuspended(scatter(random, middle, extras))];
}

function drawMoment(random: Random): Moment {
  const draw = random.int(0, 999);
  if (draw < 720) return "sale";
  if (draw < 790) return "lineVoid";
  if (draw < 850) return "receiptDiscount";
  if (draw < 900) return "return";
  if (draw < 920) return "blindReturn";
  if (draw < 945) return "exchange";
  if (draw < 965) return "postVoid";
  if (draw < 995) return "resume";
  return "bigBasket";
}

/** Puts the uncounted moments in between: `extras` once each, and one after about every eighth receipt. */
function scatter(random: Random, moments: Moment[], extras: readonly Moment[]): Moment[] {
  const out = moments.flatMap((moment): Moment[] =>
    random.chance(12) ? [moment, random.pick(["cancel", "training", "noSale", "paidIn", "paidOut"])] : [moment],
  );
  for (const extra of extras) out.splice(random.int(0, out.length), 0, extra);
  return out;
}

/** Every receipt that is resumed was parked two moments before. */
function withSuspended(moments: Moment[]): Moment[] {
  const out: Moment[] = [];
  for (const moment of moments) {
    if (moment === "resume") out.splice(Math.max(0, out.length - 2), 0, "suspend");
    out.push(moment);
  }
  return out;
}
