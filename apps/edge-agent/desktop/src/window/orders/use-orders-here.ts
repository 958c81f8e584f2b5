import type { HandOverOrder } from "@tillsync/sync-protocol";
import { useMemo } from "react";
import type { Live } from "../live/open-live.ts";
import { useRows } from "../live/use-live.ts";
import { useAnswer } from "../port/use-answer.ts";
import { standHere, stepsByOrder, type OrderHere } from "./stand-here.ts";

/** Steps are told by the POS as well, and acknowledged by the cloud: nobody else says so. */
const STEPS_EVERY_MS = 2_000;

export interface OrdersHere {
  readonly loaded: boolean;
  readonly orders: readonly OrderHere[];
  readonly unreadable: number;
  /** Asks the agent for its steps anew; gives how an order stands with them, `told` being the last that is known of it. */
  readonly lookAgain: (id: string, told: HandOverOrder | undefined) => Promise<OrderHere | undefined>;
}

/** All orders as they stand at this terminal. An order that nothing happened to stays the same object. */
export function useOrdersHere(live: Live): OrdersHere {
  const { loaded, rows, unreadable } = useRows(live, "orders");
  const { data: answer, refetch } = useAnswer("order-steps-here", {}, { refetchMs: STEPS_EVERY_MS });
  const join = useMemo(createJoin, []);
  const orders = useMemo(() => {
    const steps = stepsByOrder(answer);
    return rows.map((row) => join(row, steps.get(row.id), answer?.terminalId ?? null));
  }, [rows, answer, join]);
  return {
    loaded,
    orders,
    unreadable,
    lookAgain: async (id, told) => {
      const { data } = await refetch();
      const row = live.rows.orders.get().rows.find((row) => row.id === id);
      return row === undefined
        ? undefined
        : standHere({ ...row, document: told ?? row.document }, stepsByOrder(data).get(id), data?.terminalId);
    },
  };
}

/** Joins a row with its steps once; React then sees that nothing changed. */
function createJoin(): typeof standHere {
  const known = new WeakMap<object, { readonly steps: string; readonly here: OrderHere }>();
  return (row, steps, terminal) => {
    const text = JSON.stringify([steps, terminal]);
    const before = known.get(row);
    if (before?.steps === text) return before.here;
    const here = standHere(row, steps, terminal);
    known.set(row, { steps: text, here });
    return here;
  };
}
