import { documentSchemas, type Collection, type Scope } from "@tillsync/sync-protocol";
import type { AppOptions } from "../../../app.ts";
import type { Database } from "../../../db/database.ts";
import { addServiceClient } from "../../../service-clients/add-service-client.ts";
import type { ServiceRight } from "../../../service-clients/service-client.ts";
import { openTestCloud, type TestCloud } from "../../../testing/open-test-cloud.ts";
import type { TestTerminal } from "../../../testing/test-terminal.ts";
import { announceHeads } from "../../announce-heads.ts";
import { writeDocuments, type MovedHead } from "../../write-documents.ts";

/** A document for a scope; without fields it is deleted. */
export type Given = readonly [collection: Collection, scope: string, id: string, fields?: object];

/** A cloud that listens, with helpers for its reference data. */
export interface ReferenceCloud {
  readonly cloud: TestCloud;
  readonly url: string;
  /** Writes in one transaction and tells of it, as the service does. */
  write(...given: Given[]): Promise<MovedHead[]>;
  /** A value for `Authorization` that is good now. */
  proofOf(terminal: TestTerminal): Promise<string>;
  service(name: string, may: ServiceRight[], store?: string): Promise<string>;
  get(path: string, authorization: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export async function openReferenceCloud(db: Database, options: Partial<AppOptions> = {}): Promise<ReferenceCloud> {
  const cloud = await openTestCloud(db, options);
  const url = await cloud.app.listen({ host: "127.0.0.1", port: 0 });
  return {
    cloud,
    url,
    write: async (...given) => {
      const changes = given.map(([collection, scope, id, fields]) => ({
        collection,
        id,
        scope: scope as Scope,
        fields: fields === undefined ? undefined : documentSchemas[collection].parse({ id, ...fields }),
      }));
      const heads = await db.transaction((tx) => writeDocuments(tx, changes, cloud.clock.nowMs));
      await announceHeads(db, heads);
      return heads;
    },
    proofOf: (terminal) => terminal.proof(cloud.clock.nowMs),
    service: async (name, may, store) => {
      const wanted = { name, may, store: store as never, who: "test", nowMs: cloud.clock.nowMs, randomBytes: cloud.deps.randomBytes };
      return `Bearer ${(await addServiceClient(db, wanted)).token}`;
    },
    get: (path, authorization, headers = {}) => fetch(`${url}${path}`, { headers: { authorization, ...headers } }),
    close: async () => {
      const closed = cloud.app.close();
      // A client's spare connections, which never asked for anything, would be waited for.
      cloud.app.server.closeAllConnections();
      await closed;
    },
  };
}

export const aPrice = (amount: string, itemId = "i1"): object => ({ itemId, currency: "EUR", exponent: 2, amount });
