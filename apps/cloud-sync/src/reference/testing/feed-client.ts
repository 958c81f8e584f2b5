import { randomBytes } from "node:crypto";
import type { StoreId } from "@tillsync/sync-protocol";
import { addServiceClient } from "../../service-clients/add-service-client.ts";
import type { ServiceRight } from "../../service-clients/service-client.ts";
import type { TestCloud } from "../../testing/open-test-cloud.ts";
import type { FeedReport } from "../feed/report.ts";

export interface FeedAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it with matchers
  readonly body: any;
}

/** A service client of a test cloud: what a retailer's program does, by HTTP. */
export interface FeedClient {
  readonly authorization: string;
  /** `feed`: rows to be written as NDJSON, or the bytes themselves. */
  put(path: string, feed: readonly object[] | Uint8Array | string, headers?: Record<string, string>): Promise<FeedAnswer>;
  delete(path: string, feed?: readonly object[] | string): Promise<FeedAnswer>;
  get(path: string): Promise<FeedAnswer>;
  /** Puts what must be taken whole. */
  load(path: string, rows: readonly object[]): Promise<FeedReport>;
}

const MAY: readonly ServiceRight[] = ["reference:read", "reference:write"];

export async function addFeedClient(cloud: TestCloud, name: string, store?: string, may = MAY): Promise<FeedClient> {
  const wanted = { name, may, store: store as StoreId | undefined, who: "test", nowMs: cloud.clock.nowMs, randomBytes };
  const { token } = await addServiceClient(cloud.deps.db, wanted);
  const authorization = `Bearer ${token}`;
  const send = async (method: "PUT" | "DELETE" | "GET", path: string, payload?: Buffer, headers = {}): Promise<FeedAnswer> => {
    const answer = await cloud.app.inject({
      method,
      url: `/v1/reference/${path}`,
      headers: { authorization, ...(payload === undefined ? {} : { "content-type": "application/x-ndjson" }), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson = String(answer.headers["content-type"]).startsWith("application/json");
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.body };
  };
  const client: FeedClient = {
    authorization,
    put: (path, feed, headers) => send("PUT", path, bytesOf(feed), headers),
    delete: (path, feed) => send("DELETE", path, feed === undefined ? undefined : bytesOf(feed)),
    get: (path) => send("GET", path),
    load: async (path, rows) => {
      const { body } = await client.put(path, rows);
      if (body.refused !== 0) throw new Error(JSON.stringify(body));
      return body as FeedReport;
    },
  };
  return client;
}

const bytesOf = (feed: readonly object[] | Uint8Array | string): Buffer =>
  Buffer.from(Array.isArray(feed) ? feed.map((row) => `${JSON.stringify(row)}\n`).join("") : (feed as string));
