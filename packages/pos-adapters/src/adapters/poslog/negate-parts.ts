import { negateAmount, type Tax, type Tender } from "@tillsync/sync-protocol";
import { negateDecimal } from "../../kit/fields/decimal.ts";
import type { RetailParts } from "./map-retail.ts";

/** The same receipt with every sign turned: what was sold comes back, what was paid is paid out. */
export function negateParts(parts: RetailParts): RetailParts {
  const { reported } = parts;
  return {
    lines: parts.lines.map((line) => ({
      ...line,
      quantity: { ...line.quantity, value: negateDecimal(line.quantity.value) },
      extendedAmount: negateAmount(line.extendedAmount),
      ...(line.taxes === undefined ? {} : { taxes: line.taxes.map(negateTax) }),
    })),
    adjustments: parts.adjustments.map((adjustment) => ({ ...adjustment, amount: negateAmount(adjustment.amount) })),
    taxes: parts.taxes.map(negateTax),
    tenders: parts.tenders.map(negateTender),
    ...(parts.rounding === undefined ? {} : { rounding: { ...parts.rounding, amount: negateAmount(parts.rounding.amount) } }),
    reported: {
      ...reported,
      ...(reported.grand === undefined ? {} : { grand: negateAmount(reported.grand) }),
      ...(reported.net === undefined ? {} : { net: negateAmount(reported.net) }),
      ...(reported.tax === undefined ? {} : { tax: negateAmount(reported.tax) }),
      ...(reported.gross === undefined ? {} : { gross: negateAmount(reported.gross) }),
    },
  };
}

const negateTax = (tax: Tax): Tax => ({
  ...tax,
  amount: negateAmount(tax.amount),
  ...(tax.taxable === undefined ? {} : { taxable: negateAmount(tax.taxable) }),
});

const negateTender = (tender: Tender): Tender => ({
  ...tender,
  use: tender.use === "sale" ? "refund" : tender.use,
  amount: negateAmount(tender.amount),
  ...(tender.tip === undefined ? {} : { tip: negateAmount(tender.tip) }),
});
