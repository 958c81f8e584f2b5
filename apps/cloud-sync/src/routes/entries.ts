import { BATCH_MEDIA_TYPE, BATCH_WIRE_BYTES_MAX, PATHS, TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Device, DeviceAuthenticator } from "../devices/authenticate.ts";
import { acceptBatch, type IngestDeps } from "../ingest/accept-batch.ts";
import type { Admission } from "../ingest/admission.ts";
import type { BodyEncoding } from "../ingest/read-batch.ts";

interface Sender {
  readonly device: Device;
  readonly encoding: BodyEncoding;
  readonly leave: () => void;
}

/** `POST /v1/entries`: a batch of a journal. Who sends it, and whether there is room, is settled before its body is read. */
export function entriesRoute(app: FastifyInstance, deps: IngestDeps, devices: DeviceAuthenticator, admission: Admission): void {
  const senders = new WeakMap<FastifyRequest, Sender>();
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(BATCH_MEDIA_TYPE, { parseAs: "buffer", bodyLimit: BATCH_WIRE_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(PATHS.entries, {
      bodyLimit: BATCH_WIRE_BYTES_MAX,
      onRequest: async (request) => {
        const encoding = readEncoding(request);
        // A thousand terminals that are asked to wait come again every few seconds: that must not cost a look at the database each.
        admission.check();
        const device = await devices.authenticate(request.headers.authorization);
        senders.set(request, { device, encoding, leave: admission.enter() });
      },
      // After the answer is out, and also when the sender went away before it.
      onResponse: async (request) => leaveOnce(senders, request),
      onRequestAbort: async (request) => leaveOnce(senders, request),
      handler: async (request) => {
        const sender = senders.get(request);
        if (sender === undefined || !(request.body instanceof Uint8Array)) throw new TillsyncError("wire.malformed", "no body");
        return acceptBatch(deps, sender.device, request.body, sender.encoding);
      },
    });
  });
}

function leaveOnce(senders: WeakMap<FastifyRequest, Sender>, request: FastifyRequest): void {
  senders.get(request)?.leave();
  senders.delete(request);
}

function readEncoding(request: FastifyRequest): BodyEncoding {
  const media = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (media !== BATCH_MEDIA_TYPE) throw new TillsyncError("wire.media-type", `send ${BATCH_MEDIA_TYPE}`);
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "zstd") return "zstd";
  if (encoding === "identity") return "plain";
  throw new TillsyncError("wire.media-type", "send content-encoding zstd or identity");
}
