import { collectionSchema, scopeSchema, storeScope, ALL, TillsyncError, type Scope } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { CloudDeps } from "../deps.ts";
import { exportDocuments, EXPORT_DOCUMENTS_MAX } from "../reference/export-documents.ts";
import { requireService } from "../service-clients/authenticate-service.ts";
import type { ServiceClient } from "../service-clients/service-client.ts";
import { readMessage } from "./read-message.ts";

const querySchema = z.strictObject({
  scope: scopeSchema.optional(),
  after: z.string().max(200).default(""),
  limit: z.coerce.number().int().min(1).max(EXPORT_DOCUMENTS_MAX).default(1_000),
});

/** Header with the `after` of the next page, URL-encoded; absent on the last one. */
const NEXT_HEADER = "tillsync-next";

/** `GET /v1/reference/:collection`: living documents by id as NDJSON that `PUT` takes back, a page at a time. */
export function referenceExportRoute(app: FastifyInstance, deps: CloudDeps): void {
  app.get("/v1/reference/:collection", async (request, reply) => {
    const client = await requireService(deps.db, request.headers.authorization, "reference:read");
    const collection = collectionSchema.safeParse((request.params as { collection?: unknown }).collection);
    if (!collection.success) throw new TillsyncError("reference.collection-unknown");
    const query = readMessage(querySchema, request.query);
    const scopes = visibleScopes(client, query.scope);
    const page = await exportDocuments(deps.db, { collection: collection.data, scopes, after: query.after, limit: query.limit });
    if (page.next !== undefined) reply.header(NEXT_HEADER, encodeURIComponent(page.next));
    return reply.type("application/x-ndjson").send(page.lines.map((line) => `${line}\n`).join(""));
  });
}

/** A store's client sees what is for everyone and for its store. Throws `reference.scope-forbidden`. */
function visibleScopes(client: ServiceClient, wanted: Scope | undefined): readonly Scope[] | undefined {
  if (client.store === undefined) return wanted === undefined ? undefined : [wanted];
  const own = [ALL, storeScope(client.store)];
  if (wanted !== undefined && !own.includes(wanted)) throw new TillsyncError("reference.scope-forbidden", wanted);
  return wanted === undefined ? own : [wanted];
}
