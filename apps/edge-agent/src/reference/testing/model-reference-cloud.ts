import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { zstdCompressSync } from "node:zlib";
import {
  checkpointSchema,
  collections,
  hashHex,
  positionAt,
  type Checkpoint,
  type Collection,
  type Scope,
  type SnapshotManifest,
  type StreamEvent,
  type WireDocument,
} from "@tillsync/sync-protocol";
import { serve, type Served } from "../../replicator/testing/serve-cloud.ts";

interface Kept {
  scope: Scope;
  version: number;
  fields: Record<string, unknown> | undefined;
}

/** What happens to bytes on their way out; a test's mischief. False: this answer ends here, and its connection. */
export type OnBytes = (sent: number, path: string) => boolean;

const PIECE_BYTES = 1_024;
const HEADERS = { "tillsync-wire": "1", "cache-control": "no-store" };

/**
 * The cloud's side of reference data in memory, by the contract: dense positions in each (collection, scope), documents in
 * one scope each, pointers left behind by those that moved.
 */
export class ModelReferenceCloud {
  readonly scopes: Scope[];
  /** Answers in place of the real ones, by path prefix: what a broken part of a cloud does. */
  readonly broken = new Map<string, (response: ServerResponse) => void>();
  readonly requests: string[] = [];
  readonly streams = new Set<ServerResponse>();
  /** Bytes of chunk bodies by hash; a test may spoil them. */
  readonly chunks = new Map<string, Buffer>();
  onBytes: OnBytes = () => true;
  chunkDocuments = 500;
  bytesSent = 0;
  private readonly documents = new Map<Collection, Map<string, Kept>>(collections.map((name) => [name, new Map()]));
  private readonly orders = new Map<string, Map<string, number>>();
  private readonly heads = new Map<string, number>();
  private snapshots: readonly SnapshotManifest[] = [];

  constructor(scopes: readonly Scope[]) {
    this.scopes = [...scopes];
  }

  put(collection: Collection, scope: Scope, id: string, fields: Record<string, unknown> | undefined): void {
    const table = this.documents.get(collection)!;
    const known = table.get(id);
    if (known !== undefined && known.scope !== scope) this.point(collection, known.scope, id);
    table.set(id, { scope, version: (known?.version ?? 0) + 1, fields });
    const from = this.heads.get(`${collection} ${scope}`) ?? 0;
    const to = this.point(collection, scope, id);
    if (this.streams.size > 0)
      this.tell({ kind: "documents", collection, scope, from, to, documents: [this.wire(collection, id)], scopes: [scope] });
  }

  tell(event: StreamEvent): void {
    for (const stream of this.streams) stream.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  beat(): void {
    for (const stream of this.streams) stream.write(":\n\n");
  }

  /** Snapshots of everything as it stands now. */
  takeSnapshots(): void {
    const taken: SnapshotManifest[] = [];
    for (const collection of collections) {
      for (const scope of this.scopes) {
        const living = [...this.documents.get(collection)!].filter(([, one]) => one.scope === scope && one.fields !== undefined);
        if (living.length === 0) continue;
        const chunks = [];
        for (let i = 0; i < living.length; i += this.chunkDocuments) {
          const part = living.slice(i, i + this.chunkDocuments);
          const plain = Buffer.from(part.map(([id]) => `${JSON.stringify(this.wire(collection, id))}\n`).join(""));
          const bytes = zstdCompressSync(plain);
          const sha256 = hashHex(createHash("sha256").update(bytes).digest("hex"));
          this.chunks.set(sha256, bytes);
          chunks.push({ sha256, bytes: bytes.length, plainBytes: plain.length, documents: part.length });
        }
        taken.push({ collection, scope, position: this.heads.get(`${collection} ${scope}`) ?? 0, documents: living.length, chunks });
      }
    }
    this.snapshots = taken;
  }

  dropSnapshots(): void {
    this.snapshots = [];
    this.chunks.clear();
  }

  /** Living documents that the scopes see, as one hash. */
  digest(): string {
    const hash = createHash("sha256");
    for (const collection of collections) {
      const table = this.documents.get(collection)!;
      for (const id of [...table.keys()].toSorted()) {
        const one = table.get(id)!;
        if (one.fields !== undefined && this.scopes.includes(one.scope)) hash.update(lineOf(collection, this.wire(collection, id)));
      }
    }
    return hash.digest("hex");
  }

  count(collection: Collection): number {
    return [...this.documents.get(collection)!.values()].filter((one) => one.fields !== undefined && this.scopes.includes(one.scope))
      .length;
  }

  serve(): Promise<Served> {
    return serve((request, response) => {
      void this.answer(request, response).catch(() => response.destroy());
    });
  }

  private point(collection: Collection, scope: Scope, id: string): number {
    const key = `${collection} ${scope}`;
    const position = (this.heads.get(key) ?? 0) + 1;
    this.heads.set(key, position);
    if (!this.orders.has(key)) this.orders.set(key, new Map());
    const order = this.orders.get(key)!;
    order.delete(id);
    order.set(id, position);
    return position;
  }

  private wire(collection: Collection, id: string): WireDocument {
    const { scope, version, fields } = this.documents.get(collection)!.get(id)!;
    const visible = fields !== undefined && this.scopes.includes(scope);
    return visible ? { id, ...fields, schemaVersion: 1, version, _deleted: false } : { id, schemaVersion: 1, version, _deleted: true };
  }

  private pull(collection: Collection, checkpoint: Checkpoint, limit: number): object {
    const documents: WireDocument[] = [];
    const lives: Scope[] = [];
    const reached: Record<Scope, number> = {};
    for (const scope of this.scopes) {
      const key = `${collection} ${scope}`;
      const head = this.heads.get(key) ?? 0;
      const asked = positionAt(checkpoint, scope);
      let at = asked > head ? 0 : asked;
      for (const [id, position] of this.orders.get(key) ?? []) {
        if (position <= at) continue;
        if (documents.length === limit) break;
        const wire = this.wire(collection, id);
        documents.push(wire);
        lives.push(wire._deleted ? scope : this.documents.get(collection)!.get(id)!.scope);
        at = position;
      }
      reached[scope] = at;
    }
    return { documents, checkpoint: reached, scopes: lives };
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://x");
    this.requests.push(url.pathname);
    const broken = [...this.broken].find(([prefix]) => url.pathname.startsWith(prefix))?.[1];
    if (broken !== undefined) return broken(response);
    if (request.headers.authorization?.startsWith("Bearer ") !== true) return refuse(response, 401, "auth.missing");
    const pulled = /^\/v1\/reference\/([a-z]+)\/pull$/.exec(url.pathname)?.[1];
    if (pulled !== undefined) {
      const checkpoint = checkpointSchema.parse(JSON.parse(url.searchParams.get("checkpoint") ?? "{}"));
      return this.sendJson(response, url.pathname, this.pull(pulled as Collection, checkpoint, Number(url.searchParams.get("limit"))));
    }
    if (url.pathname === "/v1/reference/snapshots") return this.sendJson(response, url.pathname, { snapshots: this.snapshots });
    if (url.pathname === "/v1/reference/stream") return this.stream(response, url);
    const sha256 = /^\/v1\/reference\/chunks\/([0-9a-f]{64})$/.exec(url.pathname)?.[1];
    const bytes = this.chunks.get(sha256 ?? "");
    if (bytes === undefined) return refuse(response, 404, "wire.not-found");
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const range = from === 0 ? {} : { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(from === 0 ? 200 : 206, { ...HEADERS, ...range, "content-length": bytes.length - from });
    await this.send(response, url.pathname, bytes.subarray(from));
  }

  private async sendJson(response: ServerResponse, path: string, value: object): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(value));
    response.writeHead(200, { ...HEADERS, "content-type": "application/json", "content-length": bytes.length });
    await this.send(response, path, bytes);
  }

  /** In pieces, so that a line can be cut at any of them. */
  private async send(response: ServerResponse, path: string, bytes: Buffer): Promise<void> {
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    for (let at = 0; at < bytes.length && !response.destroyed; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.bytesSent += piece.length;
      const flushed = new Promise<void>((resolve) => response.write(piece, () => resolve()));
      if (!this.onBytes(this.bytesSent, path)) {
        response.socket?.destroy();
        return;
      }
      await Promise.race([flushed, closed]);
    }
    response.end();
  }

  private stream(response: ServerResponse, url: URL): void {
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    response.flushHeaders();
    this.streams.add(response);
    response.on("close", () => this.streams.delete(response));
    const checkpoints = JSON.parse(url.searchParams.get("checkpoints") ?? "{}") as Partial<Record<Collection, Checkpoint>>;
    for (const collection of collections) {
      for (const scope of this.scopes) {
        const head = this.heads.get(`${collection} ${scope}`) ?? 0;
        const asked = positionAt(checkpoints[collection] ?? {}, scope);
        if (asked > head) response.write('data: {"kind":"resync"}\n\n');
        else if (asked < head) response.write(`data: ${JSON.stringify({ kind: "changed", collection, scope, to: head })}\n\n`);
      }
    }
    response.write(":\n\n");
  }
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { ...HEADERS, "content-type": "application/json" }).end(JSON.stringify({ error: { code, message: code } }));
}

/** One document as it is hashed: fields in the order of their names, so that the route it came by does not matter. */
function lineOf(collection: string, document: WireDocument): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, inner]) => [key, sorted(inner)]),
          )
        : value;
  return `${collection} ${JSON.stringify(sorted(document))}\n`;
}
