import { zstdDecompressSync } from "node:zlib";
import { pushHeaderSchema, type PushHeader } from "@tillsync/sync-protocol";
import type { TransportRequest } from "../../../apps/edge-agent/src/replicator/http-transport.ts";

/** The text of a batch as it was before it was compressed for the line. */
export function plainBatch({ headers, body }: TransportRequest): string {
  const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
  return (headers["content-encoding"] === "zstd" ? zstdDecompressSync(bytes) : bytes).toString();
}

export const readHeader = (request: TransportRequest): PushHeader =>
  pushHeaderSchema.parse(JSON.parse(plainBatch(request).split("\n", 1)[0] ?? ""));
