import type { ReactNode } from "react";
import { CodeText } from "../components/error-notice.tsx";
import { Loading } from "../components/loading.tsx";
import { Notice } from "../components/notice.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { useLive, useLiveState } from "../live/use-live.ts";
import type { Live } from "../live/open-live.ts";
import { useSnapshotPart } from "../port/use-snapshot.ts";
import type { ScreenProps } from "../screens.ts";
import { OrderDetail } from "./order-detail.tsx";
import { OrderList } from "./order-list.tsx";
import { useOrdersHere } from "./use-orders-here.ts";
import "./orders.css";

/** Orders that this store prepares and hands over: the list, or one of them. */
export function OrdersScreen({ rest: [id] }: ScreenProps): ReactNode {
  const live = useLive();
  const here = useOrdersHere(live);
  return (
    <div className="stack">
      <HowFresh live={live} />
      {!here.loaded ? <Loading /> : id === undefined ? <OrderList here={here} /> : <OrderDetail key={id} id={id} live={live} here={here} />}
    </div>
  );
}

/** What the list is worth while the agent or the line is away. */
function HowFresh({ live }: { readonly live: Live }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const state = useLiveState(live);
  const reference = useSnapshotPart(({ reference }) => reference);
  if (state.kind === "failing")
    return (
      <Notice kind="attention">
        <p>{text("orders.not-live")}</p>
        <CodeText code={state.code} />
      </Notice>
    );
  if (reference?.state === "offline" && reference.asOfMs !== null)
    return <Notice kind="info">{text("orders.as-of", { time: formats.dateTime(reference.asOfMs) })}</Notice>;
  return null;
}
