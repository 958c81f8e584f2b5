import { formatAmount, type HandOverOrder } from "@tillsync/sync-protocol";

/** What staff must be told of an order or of a step that was just taken, in words for a till's screen. */
export interface Notice {
  readonly code:
    | "cloud-does-not-know"
    | "payment-due"
    | "changed-after-pick"
    | "handed-over-after-cancel"
    | "handed-over-twice"
    | "cloud-refused";
  readonly message: string;
}

const CONFLICTS: Readonly<Record<NonNullable<HandOverOrder["conflict"]>, string>> = {
  "changed-after-pick": "The order was changed after its goods were picked. Compare the goods before they are handed over.",
  "handed-over-after-cancel": "The order was cancelled and its goods were handed over all the same. Head office settles it.",
  "handed-over-twice": "More than one till handed this order over. Head office settles it.",
};

export interface NoticeContext {
  /** A step that was taken here and that the cloud does not have yet. */
  readonly isUntold: boolean;
  readonly refusedByCloud: string | undefined;
}

/** Empty: nothing that staff has to know. */
export function tellStaff(order: HandOverOrder, { isUntold, refusedByCloud }: NoticeContext): Notice[] {
  const notices: Notice[] = [];
  if (isUntold)
    notices.push({
      code: "cloud-does-not-know",
      message:
        order.status === "fulfilled"
          ? "Handed over here; the cloud does not know yet. It is told when the line is back."
          : "Noted here; the cloud does not know yet. It is told when the line is back.",
    });
  if (refusedByCloud !== undefined)
    notices.push({
      code: "cloud-refused",
      message: `Head office has set this till's step aside (${refusedByCloud}). A person has to look.`,
    });
  if (order.due !== "0" && order.status !== "cancelled")
    notices.push({ code: "payment-due", message: `Still to be paid: ${formatAmount(order.due, order.exponent)} ${order.currency}.` });
  if (order.conflict !== undefined) notices.push({ code: order.conflict, message: CONFLICTS[order.conflict] });
  return notices;
}
