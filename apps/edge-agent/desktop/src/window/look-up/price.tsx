import type { ProductFound } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Money } from "../components/figures.tsx";
import { useForeignText, useFormats, useText } from "../language/language-context.tsx";
import { formatStoreTime } from "../orders/store-time.ts";

/** What one unit costs now; a promotion with what it costs otherwise and until when. */
export function Price({ product: { price, uom } }: { readonly product: ProductFound }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const foreign = useForeignText();
  if (price === null) return text("look-up.no-price");
  const { amount, currency, exponent, kind, regular, validUntil } = price;
  return (
    <span className="price">
      <span className="price-now">
        <Money minor={amount} currency={currency} exponent={exponent} /> {text("look-up.per", { uom })}
      </span>
      {kind === "promotion" ? <strong>{text("look-up.promotion")}</strong> : null}
      {kind === "promotion" && regular !== null ? (
        <span>{text("look-up.regular", { price: formats.money(regular, currency, exponent) })}</span>
      ) : null}
      {validUntil === null ? null : (
        <span>{text("look-up.until", { time: foreign((language) => formatStoreTime(language, validUntil)) })}</span>
      )}
    </span>
  );
}
