import { makeSale, type SaleOptions } from "../../journal/testing/sales.ts";

/** A sale as a till posts it: one line of JSON without its end. */
export const saleLine = (options: SaleOptions): string => JSON.stringify(makeSale(options));
