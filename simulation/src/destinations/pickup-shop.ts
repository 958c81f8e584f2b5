import { z } from "zod";
import { postText } from "./post-text.ts";

/** A web shop on a Vendure whose customers fetch their orders in stores: what its own staff and its checkout do there. */
export interface PickupShop {
  /** Places and pays an order of these SKUs, to be fetched in a store. Its code. */
  place(store: string, goods: Readonly<Record<string, number>>): Promise<string>;
  /** Cancels an order as a whole. */
  cancel(code: string): Promise<void>;
  /** Cancels some units of an order's first line. */
  reduce(code: string, quantity: number): Promise<void>;
  /** Puts an order's goods together, and moves them on as far as that. */
  fulfil(code: string, to: "Pending" | "Shipped" | "Delivered"): Promise<void>;
}

const made = "{ __typename ... on ErrorResult { errorCode message } ... on Order { id } }";

/** Logs in as the shop's owner and adds a shipping method for each store: `pickup-0301`. */
export async function openPickupShop(facts: Readonly<Record<string, unknown>>, stores: readonly string[]): Promise<PickupShop> {
  const { url, adminPassword, walkInCustomer } = z
    .object({ url: z.string(), adminPassword: z.string(), walkInCustomer: z.string() })
    .parse(facts);
  const api = openAdminApi(url);
  await api.run('mutation($p:String!){login(username:"superadmin",password:$p){__typename ... on ErrorResult{errorCode message}}}', {
    p: adminPassword,
  });
  const methods: Record<string, string> = {};
  for (const store of stores) {
    const operation = (code: string, args: Record<string, string>): object => ({
      code,
      arguments: Object.entries(args).map(([name, value]) => ({ name, value })),
    });
    const { method } = await api.run<{ method: { id: string } }>(
      "mutation($i:CreateShippingMethodInput!){method:createShippingMethod(input:$i){id}}",
      {
        i: {
          code: `pickup-${store}`,
          fulfillmentHandler: "manual-fulfillment",
          checker: operation("default-shipping-eligibility-checker", { orderMinimum: "0" }),
          calculator: operation("default-shipping-calculator", { rate: "0", includesTax: "auto", taxRate: "0" }),
          translations: [{ languageCode: "en", name: `Pick up in ${store}`, description: "" }],
        },
      },
    );
    methods[store] = method.id;
  }
  const find = async (code: string) => {
    const { orders } = await api.run<{
      orders: { items: { id: string; lines: { id: string; quantity: number }[]; fulfillments: { id: string; state: string }[] | null }[] };
    }>("query($c:String!){orders(options:{filter:{code:{eq:$c}}}){items{id lines{id quantity} fulfillments{id state}}}}", { c: code });
    const [order] = orders.items;
    if (order === undefined) throw new Error(`no order ${code}`);
    return order;
  };
  return {
    place: async (store, goods) => {
      const { draft } = await api.run<{ draft: { id: string; code: string } }>("mutation{draft:createDraftOrder{id code}}");
      const o = draft.id;
      for (const [sku, quantity] of Object.entries(goods)) {
        const { found } = await api.run<{ found: { items: { id: string }[] } }>(
          "query($s:String!){found:productVariants(options:{filter:{sku:{eq:$s}}}){items{id}}}",
          { s: sku },
        );
        await api.run(`mutation($o:ID!,$i:AddItemToDraftOrderInput!){made:addItemToDraftOrder(orderId:$o,input:$i)${made}}`, {
          o,
          i: { productVariantId: found.items[0]?.id, quantity },
        });
      }
      await api.run(`mutation($o:ID!,$c:ID!){made:setCustomerForDraftOrder(orderId:$o,customerId:$c)${made}}`, { o, c: walkInCustomer });
      await api.run("mutation($o:ID!,$a:CreateAddressInput!){setDraftOrderShippingAddress(orderId:$o,input:$a){id}}", {
        o,
        a: { streetLine1: "Main street 1", countryCode: "DE" },
      });
      await api.run(`mutation($o:ID!,$m:ID!){made:setDraftOrderShippingMethod(orderId:$o,shippingMethodId:$m)${made}}`, {
        o,
        m: methods[store],
      });
      await api.run(
        'mutation($o:ID!){made:transitionOrderToState(id:$o,state:"ArrangingPayment"){__typename ... on OrderStateTransitionError{errorCode message}}}',
        { o },
      );
      await api.run(`mutation($i:ManualPaymentInput!){made:addManualPaymentToOrder(input:$i)${made}}`, {
        i: { orderId: o, method: "till", transactionId: draft.code, metadata: {} },
      });
      return draft.code;
    },
    cancel: async (code) => {
      const { id } = await find(code);
      await api.run(`mutation($i:CancelOrderInput!){made:cancelOrder(input:$i)${made}}`, {
        i: { orderId: id, reason: "customer", cancelShipping: true },
      });
    },
    reduce: async (code, quantity) => {
      const { id, lines } = await find(code);
      const i = { orderId: id, lines: [{ orderLineId: lines[0]?.id, quantity }], reason: "customer" };
      await api.run(`mutation($i:CancelOrderInput!){made:cancelOrder(input:$i)${made}}`, { i });
    },
    fulfil: async (code, to) => {
      const { lines, fulfillments } = await find(code);
      const [known] = fulfillments ?? [];
      let id = known?.id;
      if (id === undefined) {
        const handler = {
          code: "manual-fulfillment",
          arguments: [
            { name: "method", value: "pick-up" },
            { name: "trackingCode", value: "" },
          ],
        };
        const i = { lines: lines.map((line) => ({ orderLineId: line.id, quantity: line.quantity })), handler };
        const answer = await api.run<{ made: { id: string } }>(
          "mutation($i:FulfillOrderInput!){made:addFulfillmentToOrder(input:$i){__typename ... on Fulfillment{id} ... on ErrorResult{errorCode message}}}",
          { i },
        );
        ({ id } = answer.made);
      }
      const states = ["Pending", "Shipped", "Delivered"];
      for (const next of states.slice(states.indexOf(known?.state ?? "Pending") + 1, states.indexOf(to) + 1))
        await api.run(
          "mutation($f:ID!,$s:String!){made:transitionFulfillmentToState(id:$f,state:$s){__typename ... on FulfillmentStateTransitionError{errorCode message}}}",
          { f: id, s: next },
        );
    },
  };
}

/** Vendure's Admin API as its dashboard uses it: a session that a log-in begins. Throws with Vendure's message for any of its errors. */
function openAdminApi(url: string) {
  let token: string | undefined;
  return {
    run: async <Data>(query: string, variables: object = {}): Promise<Data> => {
      const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
      const answer = await postText(url, headers, JSON.stringify({ query, variables }));
      token ??= z.string().optional().parse(answer.headers["vendure-auth-token"]);
      const { data, errors } = JSON.parse(answer.body) as { data?: Record<string, unknown> | null; errors?: { message: string }[] };
      const refused = Object.values(data ?? {}).find((value) => value !== null && typeof value === "object" && "errorCode" in value);
      const message = errors?.[0]?.message ?? (refused as { message?: string } | undefined)?.message;
      if (message !== undefined) throw new Error(`Vendure: ${message}`);
      return data as Data;
    },
  };
}
