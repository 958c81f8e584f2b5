import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { CloudDeps } from "../deps.ts";
import type { Seal } from "../destinations/seal.ts";
import { FEEDS_TOPIC } from "../feeds/feed.ts";
import { createNoticeSecrets } from "../feeds/notice-secrets.ts";
import { addNotice } from "../feeds/notices.ts";
import { isSigned } from "../feeds/verify-notice.ts";
import { readMessage } from "./read-message.ts";

/** A notice names a record; a few hundred bytes. */
const NOTICE_BYTES_MAX = 8 * 1024;

/** What Standard Webhooks sends. More may stand in it; nothing else of it is read. */
const noticeSchema = z.looseObject({ type: z.string().max(100).optional(), key: z.string().min(1).max(200) });

/**
 * `POST /v1/feeds/:name/notices`: a system says that a record has changed. Whoever may say so signs it with the feed's notice
 * secret; what is said is a hint, and the record is read from the system itself. Answers 202 when the hint is kept, also to
 * one that comes again. A feed that is not there and a wrong signature are told apart by nobody.
 */
export function feedNoticesRoute(app: FastifyInstance, deps: CloudDeps, openSeal: () => Promise<Seal>): void {
  const secrets = createNoticeSecrets(deps.db, openSeal, deps.now);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("application/json", { parseAs: "buffer", bodyLimit: NOTICE_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    );
    scope.post<{ Params: { name: string } }>("/v1/feeds/:name/notices", {
      bodyLimit: NOTICE_BYTES_MAX,
      handler: async (request, reply) => {
        const { name } = request.params;
        const { body } = request;
        if (!(body instanceof Uint8Array)) throw new TillsyncError("wire.malformed", "no body");
        const secret = await secrets.find(name);
        if (secret === undefined || !isSigned(secret, request.headers, body, deps.now())) throw new TillsyncError("feed.notice-refused");
        const { key } = readMessage(noticeSchema, parse(body));
        if (await addNotice(deps.db, name, key, deps.now())) deps.wake.notify(FEEDS_TOPIC);
        return reply.code(202).send({});
      },
    });
  });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    throw new TillsyncError("wire.malformed", "no JSON");
  }
}
