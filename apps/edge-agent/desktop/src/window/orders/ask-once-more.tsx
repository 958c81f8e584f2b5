import type { ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Notice } from "../components/notice.tsx";
import { useText } from "../language/language-context.tsx";
import { OrderNotices } from "./order-notices.tsx";
import type { OrderHere } from "./stand-here.ts";
import { type StaffStep } from "./steps-here.ts";

interface AskOnceMoreProps {
  readonly status: StaffStep;
  /** The order as it was when the button was pressed: what is asked about, and what the step is asked for. */
  readonly seen: OrderHere;
  readonly now: OrderHere | undefined;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Asks once more before goods or money leave, with what must be known then. */
export function AskOnceMore({ status, seen, now, onYes, onClose }: AskOnceMoreProps): ReactNode {
  const text = useText();
  const { orderId: id } = seen.order;
  const hasChanged = now?.row.version !== seen.row.version || now.order.status !== seen.order.status;
  return (
    <Dialog
      title={status === "fulfilled" || status === "returned" || status === "cancelled" ? text(`orders.ask.${status}`, { id }) : id}
      onClose={onClose}
      actions={
        hasChanged ? null : (
          <Button kind={status === "fulfilled" ? "main" : "danger"} onPress={onYes}>
            {text(`orders.step.${status}`)}
          </Button>
        )
      }
    >
      {hasChanged ? <Notice kind="attention">{text("orders.refused.changed")}</Notice> : <OrderNotices here={seen} />}
      <p>{text("orders.final")}</p>
    </Dialog>
  );
}
