import { parseAmount, type Amount } from "@tillsync/sync-protocol";
import { z } from "zod";

/** Tryton's JSON names the type of what JSON has not. */
export const decimal = (text: string) => ({ __class__: "Decimal", decimal: text }) as const;

/** `2026-11-20` as Tryton's date. */
export function date(day: string) {
  const [year, month, ofMonth] = day.split("-").map(Number);
  return { __class__: "date", year, month, day: ofMonth } as const;
}

export const decimalAnswer = z.object({ __class__: z.literal("Decimal"), decimal: z.string() }).transform((value) => value.decimal);

/** A decimal of theirs as minor units; undefined for what is finer than the currency or no number. */
export function amountOf(text: string, exponent: number): Amount | undefined {
  const parsed = parseAmount(text, exponent);
  return parsed.ok ? parsed.amount : undefined;
}

export const ids = z.array(z.number().int());
