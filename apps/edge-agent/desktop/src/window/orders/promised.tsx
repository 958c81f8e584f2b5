import type { ReactNode } from "react";
import { Glyph } from "../components/glyph.tsx";
import { useForeignText, useText } from "../language/language-context.tsx";
import { formatStoreTime } from "./store-time.ts";

/** When the customer was told to come, by the store's own clock. */
export function Promised({ at, isLate }: { readonly at: string | undefined; readonly isLate: boolean }): ReactNode {
  const text = useText();
  const foreign = useForeignText();
  if (at === undefined) return <span className="order-promised">{text("orders.no-time")}</span>;
  return (
    <span className={isLate ? "order-promised with-glyph order-late" : "order-promised with-glyph"}>
      {isLate ? <Glyph name="attention" /> : null}
      <time dateTime={at}>{foreign((language) => formatStoreTime(language, at))}</time>
      {isLate ? <strong>{text("orders.late")}</strong> : null}
    </span>
  );
}
