import { areGoodsOut } from "@tillsync/sync-protocol";
import type { ReactNode } from "react";
import { CodeText } from "../components/error-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import type { OrderHere } from "./stand-here.ts";

/** What staff must know of an order before they act, and what to do about it; the gravest first. */
export function OrderNotices({ here: { order, setAsideCode } }: { readonly here: OrderHere }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const { conflict, status, due, currency, exponent } = order;
  const isOut = areGoodsOut(status);
  return (
    <>
      {conflict === undefined ? null : (
        <Notice kind="attention">
          <p className="code-meaning">{text(`orders.conflict.${conflict}`)}</p>
          <p>
            {text(conflict === "changed-after-pick" && isOut ? "orders.conflict.changed-after-pick.out" : `orders.conflict.${conflict}.do`)}
          </p>
        </Notice>
      )}
      {setAsideCode === null ? null : (
        <Notice kind="attention">
          <p className="code-meaning">{text("orders.set-aside")}</p>
          <CodeText code={setAsideCode} />
        </Notice>
      )}
      {status === "cancelled" ? <Notice kind="attention">{text("orders.cancelled.do")}</Notice> : null}
      {due === "0" || isOut || status === "cancelled" || status === "returned" ? null : (
        <Notice kind="info">{text("orders.due.do", { amount: formats.money(due, currency, exponent) })}</Notice>
      )}
    </>
  );
}
