import { documentSchemas, type Scope } from "@tillsync/sync-protocol";
import type { DocumentChange } from "../write-documents.ts";

export const scope = (text: string): Scope => text as Scope;

export const product = (id: string, where: string, description = id): DocumentChange => ({
  collection: "products",
  id,
  scope: scope(where),
  fields: documentSchemas.products.parse({ id, description }),
});

export const price = (id: string, where: string, amount: string, itemId = "i"): DocumentChange => ({
  collection: "prices",
  id,
  scope: scope(where),
  fields: documentSchemas.prices.parse({ id, itemId, currency: "EUR", exponent: 2, amount }),
});

export const gone = ({ collection, id, scope }: DocumentChange): DocumentChange => ({ collection, id, scope, fields: undefined });
