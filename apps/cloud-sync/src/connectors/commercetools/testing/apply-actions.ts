export type Rec = Record<string, unknown>;

/** What an order's update action does, or why it is refused. */
export function applyToOrder(order: Rec, action: Rec, at: string): string | undefined {
  const infos = (order["returnInfo"] ??= []) as { items: Rec[] }[];
  if (action["action"] === "changeOrderState") {
    order["orderState"] = action["orderState"];
    return undefined;
  }
  if (action["action"] === "addPayment") {
    const info = (order["paymentInfo"] ??= { payments: [] }) as { payments: unknown[] };
    info.payments.push(action["payment"]);
    return undefined;
  }
  if (action["action"] === "addReturnInfo") return addReturn(order, infos, action, at);
  if (action["action"] !== "setReturnPaymentState") return "an action that this order does not know";
  const item = infos.flatMap(({ items }) => items).find(({ id }) => id === action["returnItemId"]);
  if (item === undefined) return "no such return item";
  item["paymentState"] = action["paymentState"];
  return undefined;
}

function addReturn(order: Rec, infos: { items: Rec[] }[], action: Rec, at: string): string | undefined {
  const bought = [...(order["lineItems"] as Rec[]), ...(order["customLineItems"] as Rec[])];
  const items = (action["items"] as Rec[]).map((one, n): Rec => ({
    id: `r${infos.length}-${n}`,
    type: one["lineItemId"] === undefined ? "CustomLineItemReturnItem" : "LineItemReturnItem",
    ...one,
    paymentState: "Initial",
    createdAt: at,
    lastModifiedAt: at,
  }));
  const idOf = (one: Rec): unknown => one["lineItemId"] ?? one["customLineItemId"];
  const all = [...infos.flatMap((info) => info.items), ...items].filter((one) => one["paymentState"] !== "NotRefunded");
  for (const item of items) {
    const line = bought.find(({ id }) => id === idOf(item));
    const back = all.filter((one) => idOf(one) === idOf(item)).reduce((total, one) => total + (one["quantity"] as number), 0);
    if (line === undefined || back > (line["quantity"] as number)) return "more comes back than was bought";
  }
  const returnTrackingId = action["returnTrackingId"];
  infos.push({ items, ...(returnTrackingId === undefined ? {} : { returnTrackingId }) });
  return undefined;
}

/** What a payment's update action does, or why it is refused. */
export function applyToPayment(payment: Rec, action: Rec): string | undefined {
  if (action["action"] !== "addTransaction") return "an action that this payment does not know";
  const transactions = payment["transactions"] as Rec[];
  const transaction = action["transaction"] as Rec;
  const amount = { type: "centPrecision", fractionDigits: 2, ...(transaction["amount"] as Rec) };
  transactions.push({ id: `t${transactions.length}`, ...transaction, amount });
  return undefined;
}
