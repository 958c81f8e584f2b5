import type { Dialect, VoidStyle } from "./dialects.ts";

/** One way to understand the amounts of a receipt. */
export interface Reading {
  readonly voidStyle: VoidStyle;
  /** Whether a tax that does not say so is in the price. */
  readonly taxIncluded: boolean;
  /** Whether price changes told on lines and discounts of the receipt come on top of the lines' amounts. */
  readonly modifiersOnTop: boolean;
  readonly discountsOnTop: boolean;
  /** Whether a cashback without a change line was paid out of the tender's amount. */
  readonly cashbackOnTop: boolean;
  /** Whether a rounding total counts. */
  readonly rounding: boolean;
  /** Whether change that is told is still inside the tender's amount, so that it must be taken off. */
  readonly changeOff: boolean;
  /** The printed total of a pure return has no sign. */
  readonly grandNegated: boolean;
}

/** The dialect's own reading first, then, where it is not exact, those that differ in one habit, then in two. */
export function readingsOf(dialect: Dialect): readonly Reading[] {
  const known = remembered.get(dialect.name);
  if (known !== undefined) return known;
  const own: Reading = {
    voidStyle: dialect.voidStyle,
    taxIncluded: dialect.taxIncluded,
    modifiersOnTop: dialect.modifiersOnTop,
    discountsOnTop: true,
    cashbackOnTop: false,
    rounding: true,
    changeOff: true,
    grandNegated: false,
  };
  const readings = dialect.exact ? [own] : [own, ...alternatives(own)];
  remembered.set(dialect.name, readings);
  return readings;
}

const remembered = new Map<string, readonly Reading[]>();

const VOID_STYLES: readonly VoidStyle[] = ["signed", "reversal", "in-place"];

function alternatives(own: Reading): Reading[] {
  const changes: Array<Partial<Reading>> = [
    { taxIncluded: !own.taxIncluded },
    ...VOID_STYLES.filter((style) => style !== own.voidStyle).map((voidStyle) => ({ voidStyle })),
    { modifiersOnTop: !own.modifiersOnTop },
    { discountsOnTop: !own.discountsOnTop },
    { cashbackOnTop: !own.cashbackOnTop },
    { rounding: !own.rounding },
    { changeOff: !own.changeOff },
    { grandNegated: true },
  ];
  const single = changes.map((change) => ({ ...own, ...change }));
  const pairs = changes.flatMap((first, i) =>
    changes
      .slice(i + 1)
      .filter((second) => !("voidStyle" in first && "voidStyle" in second))
      .map((second) => ({ ...own, ...first, ...second })),
  );
  return [...single, ...pairs];
}
