// What a Vendure 3 server needs to take a till's receipts from Tillsync. Copy this file beside your Vendure config and
// wrap the config in it: `export const config = withTillReceipts({ ... })`, then generate and run a migration.
import vendure from "@vendure/core";

const { EventBus, HistoryEntryEvent, mergeConfig, MultiChannelStockLocationStrategy } = vendure;
const { PaymentMethodHandler, Refund, RefundEvent, TransactionalConnection } = vendure;

const REFERENCE = /^tx_[A-Za-z0-9_-]{32}(-r)?$/;

// The till took the money already. One refund and one cancellation per receipt and order: the reference becomes a unique
// field in the same database transaction, so that a repeat that overtakes a look-up is refused as a whole.
const till = new PaymentMethodHandler({
  code: "till",
  description: [{ languageCode: "en", value: "Taken at the till" }],
  args: {},
  init: (injector) => {
    const connection = injector.get(TransactionalConnection);
    const claim = (ctx, entity, id, reason, orderId) =>
      REFERENCE.test(reason ?? "")
        ? connection.getRepository(ctx, entity).update(id, { customFields: { posReference: `${reason} ${orderId}` } })
        : undefined;
    const bus = injector.get(EventBus);
    bus.registerBlockingEventHandler({
      id: "till-refund-once",
      event: RefundEvent,
      handler: ({ ctx, refund, order }) => claim(ctx, Refund, refund.id, refund.reason, order.id),
    });
    bus.registerBlockingEventHandler({
      id: "till-cancellation-once",
      event: HistoryEntryEvent,
      handler: ({ ctx, entity, type }) =>
        type === "created" && entity.type === "ORDER_CANCELLATION"
          ? claim(ctx, entity.constructor, entity.id, entity.data.reason, entity.order.id)
          : undefined,
    });
  },
  createPayment: (_ctx, _order, amount, _args, metadata) => ({ amount, state: "Settled", metadata }),
  settlePayment: () => ({ success: true }),
  createRefund: (_ctx, input) => ({ state: "Settled", transactionId: input.reason }),
});

// The till sold at its own price, tax included; Vendure's catalogue price is for its own channels.
const tillPrice = {
  calculateUnitPrice: (_ctx, variant, customFields) =>
    typeof customFields?.posUnitPrice === "number"
      ? { price: customFields.posUnitPrice, priceIncludesTax: true }
      : { price: variant.listPrice, priceIncludesTax: variant.listPriceIncludesTax },
};

// Goods leave the stock of the store that sold them: the stock location with the name that the line bears.
class TillStockLocationStrategy extends MultiChannelStockLocationStrategy {
  forAllocation(ctx, locations, orderLine, quantity) {
    const store = orderLine.customFields?.posStore;
    const location = store && locations.find(({ name }) => name === store);
    return location ? [{ location, quantity }] : super.forAllocation(ctx, locations, orderLine, quantity);
  }
}

const text = (name, length, more = {}) => ({ name, type: "string", length, nullable: true, ...more });

export const withTillReceipts = (config) =>
  mergeConfig(config, {
    paymentOptions: { paymentMethodHandlers: [...(config.paymentOptions?.paymentMethodHandlers ?? []), till] },
    orderOptions: { orderItemPriceCalculationStrategy: tillPrice },
    catalogOptions: { stockLocationStrategy: new TillStockLocationStrategy() },
    customFields: {
      Order: [
        text("posReference", 100, { unique: true }),
        text("posReceipt", 1500),
        { name: "posRevision", type: "int", nullable: true },
        text("posStore", 200),
        text("posSoldAt", 40),
      ],
      OrderLine: [
        { name: "posUnitPrice", type: "int", nullable: true },
        text("posLine", 20),
        text("posQuantity", 60),
        text("posStore", 200),
      ],
      ProductVariant: [{ name: "posCounts", type: "text", nullable: true, public: false }],
      Refund: [text("posReference", 200, { unique: true, public: false })],
      HistoryEntry: [text("posReference", 200, { unique: true, public: false })],
    },
  });
