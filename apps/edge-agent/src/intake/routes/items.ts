import { decimalSchema, itemIdSchema, pseudonymSchema, storeTimeSchema, TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { readMember } from "../../reference/read/read-member.ts";
import { readPrice } from "../../reference/read/read-price.ts";
import { readProduct } from "../../reference/read/read-product.ts";
import { readStockLevel } from "../../reference/read/read-stock-level.ts";
import { asOf, found, type ReadDeps } from "../reads.ts";
import { readParams } from "../read-request.ts";
import { storeNow } from "../store-clock.ts";

const item = {
  itemId: itemIdSchema.optional(),
  gtin: z
    .string()
    .regex(/^\d{8,14}$/, "8 to 14 digits")
    .optional(),
};
const hasOne = ({ itemId, gtin }: { itemId?: string | undefined; gtin?: string | undefined }): boolean =>
  (itemId === undefined) !== (gtin === undefined);
const ONE = { error: "give itemId or gtin", path: ["itemId"] };

const itemQuery = z.strictObject(item).refine(hasOne, ONE);
const priceQuery = z
  .strictObject({
    ...item,
    at: storeTimeSchema.optional(),
    quantity: decimalSchema.refine((quantity) => Number(quantity) > 0, "above zero").optional(),
    uom: z.string().min(1).max(20).optional(),
    memberRef: pseudonymSchema.optional(),
  })
  .refine(hasOne, ONE);

/** `GET /v1/prices`, `/v1/products`, `/v1/stock`: by item number or scanned code. */
export function itemRoutes(app: FastifyInstance, deps: ReadDeps): void {
  app.get("/v1/prices", (request, reply) => reply.send(priceOf(deps, readParams(priceQuery, request.query))));
  app.get("/v1/products", (request, reply) => {
    const known = asOf(deps, "products");
    const query = readParams(itemQuery, request.query);
    return reply.send({ product: found(readProduct(deps.reference, query), "product"), ...known });
  });
  app.get("/v1/stock", (request, reply) => {
    const known = asOf(deps, "stock");
    const query = readParams(itemQuery, request.query);
    return reply.send({ stock: found(readStockLevel(deps.reference, query), "stock"), ...known });
  });
}

/** With what a till must know of the item beside its price: whether it may be sold at all, and to whom. */
function priceOf(deps: ReadDeps, query: z.infer<typeof priceQuery>): object {
  const known = asOf(deps, "prices");
  const at = query.at ?? storeNow(deps);
  const member = query.memberRef === undefined ? undefined : readMember(deps.reference, query.memberRef);
  const group = member?.state === "active" ? member.customerGroup : undefined;
  const { itemId, price, regular, unreadable } = found(readPrice(deps.reference, { ...query, at, group }), "item");
  if (price === undefined) throw new TillsyncError("reference.no-price", at);
  const product = readProduct(deps.reference, { itemId });
  return {
    itemId,
    price,
    // What a promotion is a promotion from.
    regular: regular ?? null,
    at,
    customerGroup: group ?? null,
    product:
      product === undefined
        ? null
        : {
            description: product.description,
            status: product.status,
            weighed: product.weighed ?? false,
            ageRestriction: product.ageRestriction ?? null,
          },
    // Of a later version's shape: one of them might be the right one.
    unreadable,
    ...known,
  };
}
