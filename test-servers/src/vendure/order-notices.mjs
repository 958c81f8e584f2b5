// Tells Tillsync that an order has changed, by signed notices (Standard Webhooks). Copy this file beside your Vendure config
// and add `orderNotices(() => ({ url, secret }))` to its plug-ins. A notice names the order and nothing else; one that is lost
// costs nothing but time, since Tillsync polls as well.
import { createHmac, randomUUID } from "node:crypto";
import vendure from "@vendure/core";

const { EventBus, FulfillmentStateTransitionEvent, OrderEvent, OrderStateTransitionEvent } = vendure;
const { PaymentStateTransitionEvent, PluginCommonModule, VendurePlugin } = vendure;

const DEADLINE_MS = 5_000;
// An order that changes many times at once is told once.
const GATHER_MS = 50;

function sign(secret, id, timestamp, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

async function tell({ url, secret }, code) {
  const body = JSON.stringify({ type: "order.changed", key: code });
  const id = `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": sign(secret, id, timestamp, body),
  };
  const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(DEADLINE_MS) });
  await answer.arrayBuffer();
}

// A plug-in for `plugins: [...]` of the config. `readTarget()` gives { url, secret } of the feed, or undefined while there is none.
export function orderNotices(readTarget) {
  const changed = new Set();
  const send = () => {
    const target = readTarget();
    const codes = [...changed];
    changed.clear();
    if (target !== undefined) for (const code of codes) tell(target, code).catch(() => undefined);
  };
  const note = (order) => {
    if (changed.size === 0) setTimeout(send, GATHER_MS);
    changed.add(order.code);
  };
  class OrderNotices {
    constructor(bus) {
      this.bus = bus;
    }
    // The bus tells of what is committed.
    onApplicationBootstrap() {
      this.bus.ofType(OrderStateTransitionEvent).subscribe(({ order }) => note(order));
      this.bus.ofType(PaymentStateTransitionEvent).subscribe(({ order }) => note(order));
      this.bus.ofType(OrderEvent).subscribe(({ entity }) => note(entity));
      this.bus.ofType(FulfillmentStateTransitionEvent).subscribe(({ fulfillment }) => fulfillment.orders?.forEach(note));
    }
  }
  Reflect.defineMetadata("design:paramtypes", [EventBus], OrderNotices);
  VendurePlugin({ imports: [PluginCommonModule], compatibility: "^3.0.0" })(OrderNotices);
  return OrderNotices;
}
