import { documentSchemas, type WireDocument } from "@tillsync/sync-protocol";
import type { RxJsonSchema } from "rxdb";
import { z } from "zod";
import type { LiveCollection } from "./live-collections.ts";

/** As long as ids of documents may be. */
const ID_CHARS_MAX = 200;

/**
 * RxDB's schema of a collection, from the protocol's own: its fields by name and type. Only what a deleted document has too
 * is required. Exact rules are checked where a document is read, by the protocol's schema itself.
 */
export function documentSchema(collection: LiveCollection): RxJsonSchema<WireDocument> {
  const shape = z.toJSONSchema(documentSchemas[collection], { io: "output", unrepresentable: "any" });
  const fields = Object.entries(shape.properties ?? {}).map(([name, field]) => [name, typeOf(field)]);
  return {
    title: collection,
    version: 0,
    primaryKey: "id",
    type: "object",
    properties: {
      ...(Object.fromEntries(fields) as object),
      id: { type: "string", maxLength: ID_CHARS_MAX },
      schemaVersion: { type: "integer" },
      version: { type: "integer" },
    },
    required: ["id", "schemaVersion", "version"],
  };
}

/** Types alone: RxDB knows no unions, and a field of any type is written without one. */
const typeOf = (field: unknown): { type?: string } => {
  const type = typeof field === "object" && field !== null && "type" in field ? field.type : undefined;
  return typeof type === "string" ? { type } : {};
};
