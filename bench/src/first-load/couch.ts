import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireDocument } from "@tillsync/sync-protocol";

interface CouchDocument {
  readonly rev: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * What a CouchDB answers to a replication that only reads: database information, `_changes` by sequence, `_bulk_get` with
 * revisions, `_revs_diff`, and local documents for checkpoints. Documents have one revision each, as after a first import.
 * `_changes` answers at once; it is asked for a feed of the normal kind alone.
 */
export function serveCouch(
  documents: readonly WireDocument[],
): (request: IncomingMessage, response: ServerResponse, count: (bytes: number) => void) => Promise<void> {
  const all = new Map<string, CouchDocument>();
  const changes = documents.map(({ id, version: _version, _deleted, ...fields }, i) => {
    const rev = `1-${createHash("md5").update(JSON.stringify(fields)).digest("hex")}`;
    all.set(id, { rev, fields });
    return { seq: i + 1, id, changes: [{ rev }] };
  });
  const locals = new Map<string, { body: object; rev: number }>();

  return async (request, response, count) => {
    const url = new URL(request.url ?? "", "http://x");
    const send = (status: number, value: object): void => {
      const text = Buffer.from(JSON.stringify(value));
      count(text.length);
      response.writeHead(status, { "content-type": "application/json", "content-length": text.length }).end(text);
    };
    const body = (await readJson(request)) as { docs?: readonly { id: string }[] } & Record<string, unknown>;
    const local = /^\/db\/(_local\/.+)$/.exec(decodeURIComponent(url.pathname))?.[1];
    if (local !== undefined && request.method === "PUT") {
      const rev = (locals.get(local)?.rev ?? 0) + 1;
      locals.set(local, { body, rev });
      return send(201, { ok: true, id: local, rev: `0-${rev}` });
    }
    if (local !== undefined) {
      const found = locals.get(local);
      return found === undefined
        ? send(404, { error: "not_found", reason: "missing" })
        : send(200, { ...found.body, _id: local, _rev: `0-${found.rev}` });
    }
    if (url.pathname === "/db/_changes") {
      const since = Number(url.searchParams.get("since") ?? 0);
      const limit = Number(url.searchParams.get("limit") ?? changes.length);
      const results = changes.slice(since, since + limit);
      const last = results.at(-1)?.seq ?? since;
      return send(200, { results, last_seq: last, pending: changes.length - last });
    }
    if (url.pathname === "/db/_bulk_get")
      return send(200, {
        results: (body.docs ?? []).map(({ id }) => {
          const found = all.get(id);
          if (found === undefined) return { id, docs: [{ error: { id, rev: "undefined", error: "not_found", reason: "missing" } }] };
          const ids = [found.rev.slice(2)];
          return { id, docs: [{ ok: { _id: id, _rev: found.rev, ...found.fields, _revisions: { start: 1, ids } } }] };
        }),
      });
    if (url.pathname === "/db/_revs_diff")
      return send(200, Object.fromEntries(Object.entries(body).flatMap(([id, revs]) => missing(all.get(id), id, revs as string[]))));
    return send(200, {
      db_name: "db",
      doc_count: all.size,
      doc_del_count: 0,
      update_seq: changes.length,
      purge_seq: 0,
      compact_running: false,
      instance_start_time: "0",
    });
  };
}

function missing(known: CouchDocument | undefined, id: string, revs: readonly string[]): [string, { missing: string[] }][] {
  const absent = revs.filter((rev) => rev !== known?.rev);
  return absent.length === 0 ? [] : [[id, { missing: absent }]];
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  return pieces.length === 0 ? {} : JSON.parse(Buffer.concat(pieces).toString());
}
