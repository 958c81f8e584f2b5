import { z } from "zod";
import { documentSchemas, type Collection } from "./collection.ts";
import { DOCUMENT_ID_CHARS_MAX } from "./documents/common.ts";

/** A schema as RxDB takes it for a collection of wire documents. */
export interface RxSchema {
  title: string;
  version: 0;
  primaryKey: "id";
  type: "object";
  properties: { id: { type: "string"; maxLength: number }; schemaVersion: { type: "integer" }; version: { type: "integer" } };
  required: ("id" | "schemaVersion" | "version")[];
}

/**
 * RxDB's schema of a collection, from the protocol's own: its fields by name and type. Only what a deleted document has too is
 * required, since RxDB checks tombstones as well. Exact rules are checked by the protocol's schema where a document is written and
 * read; who needs an index adds it.
 */
export function rxSchema(collection: Collection): RxSchema {
  const shape = z.toJSONSchema(documentSchemas[collection], { io: "output", unrepresentable: "any" });
  const fields = Object.entries(shape.properties ?? {}).map(([name, field]) => [name, typeOf(field)]);
  return {
    title: collection,
    version: 0,
    primaryKey: "id",
    type: "object",
    properties: {
      ...(Object.fromEntries(fields) as object),
      id: { type: "string", maxLength: DOCUMENT_ID_CHARS_MAX },
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
