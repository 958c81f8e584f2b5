import type { ReactNode } from "react";
import { Glyph } from "../components/glyph.tsx";
import { useText } from "../language/language-context.tsx";
import type { OrderHere } from "./stand-here.ts";

/** Where an order stands here, and what head office does not know or does not take. */
export function StatusMark({ here: { order, isUntold, setAsideCode } }: { readonly here: OrderHere }): ReactNode {
  const text = useText();
  return (
    <span className="order-marks">
      <strong>{text(`orders.status.${order.status}`)}</strong>
      {order.conflict === undefined ? null : (
        <span className="with-glyph order-bad">
          <Glyph name="attention" />
          {text("orders.contradiction")}
        </span>
      )}
      {setAsideCode === null ? null : (
        <span className="with-glyph order-bad">
          <Glyph name="failed" />
          {text("orders.set-aside")}
        </span>
      )}
      {isUntold ? (
        <span className="with-glyph">
          <Glyph name="offline" />
          {text("orders.kept-here")}
        </span>
      ) : null}
    </span>
  );
}
