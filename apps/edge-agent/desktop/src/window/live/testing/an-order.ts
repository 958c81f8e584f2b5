/** Fields of an order to hand over. */
export const anOrder = (orderId: string, over: object = {}): object => ({
  orderId,
  storeId: "S1",
  status: "confirmed",
  lines: [{ itemId: "4711", description: "Olive oil", quantity: { value: "2", uom: "EA" } }],
  currency: "EUR",
  exponent: 2,
  total: "1998",
  due: "0",
  pickupCode: `C${orderId}`,
  promisedAt: "2026-12-01T10:30",
  revision: 1,
  ...over,
});
