import { memo, useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { useNow } from "../clock/use-now.ts";
import { Button } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Field } from "../components/field.tsx";
import { Money } from "../components/figures.tsx";
import { Notice } from "../components/notice.tsx";
import { Select } from "../components/select.tsx";
import { useText } from "../language/language-context.tsx";
import { useSnapshotPart } from "../port/use-snapshot.ts";
import { goTo, routeTo } from "../route/use-route.ts";
import { arrangeOrders, isToDo, ORDER_VIEWS, type OrderView } from "./arrange-orders.ts";
import { Promised } from "./promised.tsx";
import type { OrderHere } from "./stand-here.ts";
import { StatusMark } from "./status-mark.tsx";
import { storeClock } from "./store-time.ts";
import type { OrdersHere } from "./use-orders-here.ts";

/** Orders that are drawn at once: more than anyone looks through, few enough to change every moment. */
const DRAWN = 50;
const CODE_CHARS_MAX = 100;

export function OrderList({ here: { orders, unreadable } }: { readonly here: OrdersHere }): ReactNode {
  const text = useText();
  const [view, setView] = useState<OrderView>("to-do");
  const [wanted, setWanted] = useState("");
  const [drawn, setDrawn] = useState(DRAWN);
  const clock = useStoreClock();
  const found = useMemo(() => arrangeOrders(orders, view, wanted), [orders, view, wanted]);
  const shown = useDeferredValue(found);
  const openOnly = (): void => {
    const [only, other] = arrangeOrders(orders, view, wanted);
    if (only !== undefined && other === undefined) goTo("orders", only.id);
  };
  return (
    <>
      <div className="order-find">
        <Field
          label={text("orders.find")}
          value={wanted}
          onChange={setWanted}
          onEnter={openOnly}
          maxLength={CODE_CHARS_MAX}
          inputMode="search"
        />
        <Select
          label={text("orders.view")}
          value={view}
          options={ORDER_VIEWS.map((value) => ({ value, label: text(`orders.view.${value}`) }))}
          onChange={setView}
        />
      </div>
      {unreadable === 0 ? null : <Notice kind="attention">{text("orders.unreadable", { n: unreadable })}</Notice>}
      <p className="hint" role="status">
        {text("orders.shown", { n: shown.length })}
      </p>
      {shown.length === 0 ? (
        <EmptyState glyph={wanted === "" ? "safe" : "info"}>
          {wanted === "" ? text("orders.nothing") : text("orders.none-found", { text: wanted })}
        </EmptyState>
      ) : (
        <ul className="orders" aria-label={text("orders.list")}>
          {shown.slice(0, drawn).map((order) => (
            <OrderItem key={order.id} here={order} clock={clock} />
          ))}
        </ul>
      )}
      {shown.length > drawn ? <Button onPress={() => setDrawn(drawn + DRAWN)}>{text("orders.more")}</Button> : null}
    </>
  );
}

/** The store's clock to the minute: the list is drawn anew no more often because of it. */
function useStoreClock(): string {
  const nowMs = useNow();
  const timeZone = useSnapshotPart((snapshot) => snapshot.timeZone) ?? null;
  const minute = Math.floor(nowMs / 60_000);
  return useMemo(() => storeClock(minute * 60_000, timeZone), [minute, timeZone]);
}

/** Drawn anew only when its order or the minute changes. */
const OrderItem = memo(function OrderItem({ here, clock }: { readonly here: OrderHere; readonly clock: string }): ReactNode {
  const text = useText();
  const { order } = here;
  const isLate = isToDo(here) && order.promisedAt !== undefined && order.promisedAt < clock;
  return (
    <li className={order.conflict === undefined ? "order" : "order order-conflict"}>
      <a href={routeTo("orders", here.id)}>{order.pickupCode ?? order.orderId}</a>
      <span className="order-number">{text("orders.order", { id: order.orderId })}</span>
      <Promised at={order.promisedAt} isLate={isLate} />
      <StatusMark here={here} />
      {order.due === "0" ? (
        <span>{text("orders.paid")}</span>
      ) : (
        <span>
          {text("orders.due")} <Money minor={order.due} currency={order.currency} exponent={order.exponent} />
        </span>
      )}
    </li>
  );
});
