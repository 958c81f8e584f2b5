import { z } from "zod";
import { categories } from "../../transactions/category.ts";
import type { ConnectorManifest } from "../connector.ts";
import { isTlsOrPrivate, PLAIN_TCP, tcpShape } from "../tcp/tcp-address.ts";

/** Items of one statement. Past some hundred the gain per item is small, while one bad item costs more statements to find. */
export const BATCH_ITEMS_MAX = 500;

export const manifest: ConnectorManifest = {
  kind: "postgres-table",
  title: "PostgreSQL table or warehouse",
  repeatability: { by: "upsert", field: "identity" },
  capabilities: { categories: [...categories], lookUp: true, batchItemsMax: BATCH_ITEMS_MAX, needsCause: false, copies: true },
};

/** PostgreSQL cuts names at 63 bytes; the longest that we add is `_tenders`. */
const NAME_CHARS_MAX = 55;
const nameSchema = z
  .string()
  .max(NAME_CHARS_MAX)
  .regex(/^[a-z_][a-z0-9_]*$/, "lower-case letters, digits and _");

const urlSchema = z
  .url({ protocol: /^postgres(ql)?$/, abort: true })
  .refine((url) => new URL(url).password === "", "no password in the address: it goes into secret")
  .refine((url) => new URL(url).username !== "", "names the user")
  .refine((url) => new URL(url).hostname !== "", "names the server")
  .refine((url) => new URL(url).pathname.length > 1, "names the database")
  .refine((url) => new URL(url).search === "" && new URL(url).hash === "", "no parameters");

/** The connector's own fields of a destination's file. */
export const postgresTableConfigSchema = z
  .strictObject({
    ...tcpShape,
    /** `postgres://USER@HOST:PORT/DATABASE`. */
    url: urlSchema,
    /** The user's password. */
    secret: z.string().min(1).max(1_000).optional(),
    schema: nameSchema.default("public"),
    table: nameSchema.default("tillsync_receipts"),
    /** `rows`: columns that can be summed, and the transaction. `entries`: the log's entries as they are, unread. */
    shape: z.enum(["rows", "entries"]).default("rows"),
    /** A table of the receipts' lines beside it, and one of their tenders. Only with `rows`. */
    lines: z.boolean().default(false),
    tenders: z.boolean().default(false),
    /** Tables, index and view are created where they are missing. Nothing is ever changed or dropped. */
    createTables: z.boolean().default(true),
  })
  .refine(isTlsOrPrivate, PLAIN_TCP)
  .refine((config) => config.shape === "rows" || !(config.lines || config.tenders), {
    path: ["shape"],
    message: "entries has neither lines nor tenders",
  });
export type PostgresTableConfig = z.infer<typeof postgresTableConfigSchema>;
