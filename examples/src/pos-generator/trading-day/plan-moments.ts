import type { Random } from "../random.ts";

/** What may happen beside plain sales, with how often: in a thousand sales. */
const SHARES = {
  return: 60,
  blindReturn: 10,
  exchange: 30,
  postVoid: 30,
  revision: 40,
  order: 20,
  orderStep: 120,
  memberChange: 15,
  stock: 20,
  training: 5,
  cancelled: 10,
  suspended: 10,
} as const;
export type Moment = "sale" | keyof typeof SHARES;

/** What is taken back was sold before, and what is picked up was ordered: a day opens with plain sales and an order. */
const OPENING_SALES = 10;

/** The order of a day's moments, with exactly `sales` plain sales, and everything else at least once. */
export function planMoments(random: Random, sales: number): Moment[] {
  const openingSales = Math.min(sales, OPENING_SALES);
  const others = (Object.keys(SHARES) as (keyof typeof SHARES)[]).flatMap((moment) =>
    repeat(moment, Math.ceil((sales * SHARES[moment]) / 1_000) - (moment === "order" ? 1 : 0)),
  );
  const opening: Moment[] = [...repeat("sale", openingSales), "order"];
  return [...opening, ...random.shuffle([...repeat("sale", sales - openingSales), ...others])];
}

const repeat = (moment: Moment, times: number): Moment[] => Array.from({ length: Math.max(0, times) }, () => moment);
