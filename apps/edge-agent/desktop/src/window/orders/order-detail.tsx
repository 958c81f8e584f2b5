import type { HandOverOrder } from "@tillsync/sync-protocol";
import type { ReactNode } from "react";
import { DataTable } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Facts } from "../components/facts.tsx";
import { Money } from "../components/figures.tsx";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import type { Live } from "../live/open-live.ts";
import { routeTo } from "../route/use-route.ts";
import { DoneHere } from "./done-here.tsx";
import { OrderNotices } from "./order-notices.tsx";
import { Promised } from "./promised.tsx";
import { StatusMark } from "./status-mark.tsx";
import { TakeSteps } from "./take-steps.tsx";
import type { OrdersHere } from "./use-orders-here.ts";

interface OrderDetailProps {
  readonly id: string;
  readonly live: Live;
  readonly here: OrdersHere;
}

/** One order: what is to be known before its goods are given away, and what may be noted of it. */
export function OrderDetail({ id, live, here }: OrderDetailProps): ReactNode {
  const text = useText();
  const order = here.orders.find((order) => order.id === id);
  return (
    <>
      <p className="targets">
        <a href={routeTo("orders")}>{text("orders.back")}</a>
      </p>
      {order === undefined ? (
        <EmptyState glyph="info">{text("orders.gone")}</EmptyState>
      ) : (
        <Panel title={text("orders.order", { id: order.order.orderId })}>
          <OrderNotices here={order} />
          <OrderFacts order={order.order} status={<StatusMark here={order} />} />
          <OrderLines order={order.order} />
        </Panel>
      )}
      <TakeSteps id={id} order={order} live={live} lookAgain={here.lookAgain} />
      {order === undefined ? null : <DoneHere steps={order.steps} />}
    </>
  );
}

function OrderFacts({ order, status }: { readonly order: HandOverOrder; readonly status: ReactNode }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const money = (minor: string): ReactNode => <Money minor={minor} currency={order.currency} exponent={order.exponent} />;
  const facts: (readonly [string, ReactNode])[] = [
    [text("orders.status"), status],
    [text("orders.promised"), <Promised key="promised" at={order.promisedAt} isLate={false} />],
    [text("orders.total"), money(order.total)],
    [text("orders.due"), order.due === "0" ? text("orders.paid") : money(order.due)],
  ];
  if (order.pickupCode !== undefined) facts.unshift([text("orders.pickup-code"), order.pickupCode]);
  if (order.system !== undefined) facts.push([text("orders.system"), order.system]);
  if (order.revision > 1) facts.push([text("orders.revision"), formats.count(order.revision)]);
  if (order.handOvers !== undefined)
    facts.push([text("orders.handed-over-by"), order.handOvers.map(({ terminal }) => terminal).join(", ")]);
  return <Facts facts={facts} />;
}

function OrderLines({ order }: { readonly order: HandOverOrder }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const rows = order.lines.map((line, at) => ({ ...line, at }));
  return (
    <DataTable
      caption={text("orders.lines")}
      captionShown
      rows={rows}
      keyOf={({ at }) => at}
      columns={[
        { id: "item", title: text("orders.item"), cell: ({ description, itemId }) => description ?? itemId },
        { id: "number", title: text("orders.number"), cell: ({ itemId, gtin }) => gtin ?? itemId },
        {
          id: "quantity",
          title: text("orders.quantity"),
          figures: true,
          cell: ({ quantity }) => `${formats.decimal(quantity.value)} ${quantity.uom}`,
        },
      ]}
    />
  );
}
