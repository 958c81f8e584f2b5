import type { ReactNode } from "react";
import { useFormats } from "../language/language-context.tsx";

/** An amount in integer minor units as text. */
export function Money({
  minor,
  currency,
  exponent,
}: {
  readonly minor: string;
  readonly currency: string;
  readonly exponent: number;
}): ReactNode {
  return <span className="figure">{useFormats().money(minor, currency, exponent)}</span>;
}

export function Count({ n }: { readonly n: number }): ReactNode {
  return <span className="figure">{useFormats().count(n)}</span>;
}

/** An instant in ms since 1970, with its day. */
export function Time({ atMs }: { readonly atMs: number }): ReactNode {
  return <time dateTime={new Date(atMs).toISOString()}>{useFormats().dateTime(atMs)}</time>;
}

/** A length of time in ms. */
export function Duration({ ms }: { readonly ms: number }): ReactNode {
  return <span className="figure">{useFormats().duration(ms)}</span>;
}
