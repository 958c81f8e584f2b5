import { Readable } from "node:stream";
import { hashHexSchema, REFERENCE_PATHS, TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Queryable } from "../db/database.ts";
import { findCaller, type CallerDeps } from "../reference/replication/caller.ts";
import type { Gate } from "../db/gate.ts";
import { findChunk, readChunkPart, readSnapshots } from "../reference/snapshots/read-snapshots.ts";
import { readByteRange, type ByteRange } from "./byte-range.ts";
import { readScopesQuery } from "./reference-query.ts";

/** What is read of a chunk at once, and so what one slow reader holds in memory. */
const PART_BYTES = 256 * 1024;

/** `GET /v1/reference/snapshots` and `GET /v1/reference/chunks/HASH`: the first load, whose bytes can be asked for from anywhere. */
export function referenceSnapshotRoutes(
  app: FastifyInstance,
  deps: { readonly db: Queryable; readonly gate: Gate },
  callers: CallerDeps,
): void {
  app.get(REFERENCE_PATHS.snapshots, async (request, reply) => {
    const { scopes } = await findCaller(callers, request.headers.authorization, readScopesQuery(request.query).scopes);
    return reply.send({ snapshots: await readSnapshots(deps.db, scopes) });
  });
  app.get(REFERENCE_PATHS.chunk(":sha256"), async (request, reply) => {
    const { scopes } = await findCaller(callers, request.headers.authorization, readScopesQuery(request.query).scopes);
    const hex = z.object({ sha256: hashHexSchema }).safeParse(request.params).data?.sha256;
    const sha256 = Buffer.from(hex ?? "", "hex");
    const size = await findChunk(deps.db, sha256, scopes);
    if (hex === undefined || size === undefined) throw new TillsyncError("reference.chunk-gone");
    return sendChunk(request, reply, {
      etag: `"${hex}"`,
      size,
      read: (from, to) => deps.gate.run(() => readChunkPart(deps.db, sha256, from, to)),
    });
  });
}

interface Chunk {
  readonly etag: string;
  readonly size: number;
  readonly read: (from: number, to: number) => Promise<Uint8Array | undefined>;
}

/** Immutable bytes, whole or in part. Only their reader may keep them: they are of its scopes. */
function sendChunk(request: FastifyRequest, reply: FastifyReply, chunk: Chunk): FastifyReply {
  const { etag, size } = chunk;
  reply.headers({ etag, "accept-ranges": "bytes", "cache-control": "private, max-age=31536000, immutable" });
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  const ifRange = request.headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? readByteRange(request.headers.range, size) : undefined;
  if (range === "unsatisfiable") return reply.code(416).header("content-range", `bytes */${size}`).send();
  const part = range ?? { from: 0, to: size };
  if (range !== undefined) reply.code(206).header("content-range", `bytes ${part.from}-${part.to - 1}/${size}`);
  reply.headers({ "content-type": "application/zstd", "content-length": part.to - part.from });
  return reply.send(Readable.from(chunkParts(chunk, part), { objectMode: false }));
}

/** A chunk that is removed while it is read breaks off: its length says so, and the reader asks again. */
async function* chunkParts(chunk: Chunk, { from, to }: ByteRange): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to;) {
    const part = await chunk.read(at, Math.min(to, at + PART_BYTES));
    if (part === undefined || part.length === 0) throw new TillsyncError("reference.chunk-gone");
    at += part.length;
    yield part;
  }
}
