import { enrolRequestSchema, PATHS, TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { CloudDeps } from "../deps.ts";
import { redeemEnrolCode } from "../devices/redeem-enrol-code.ts";
import type { CloudSettings } from "../devices/settings.ts";
import { JSON_BYTES_MAX } from "../limits.ts";
import type { FailedCodes } from "../plugins/failed-codes.ts";
import { readMessage } from "./read-message.ts";

/** `POST /v1/enrol`: a one-time code and two public keys against a name in this cloud. */
export function enrolRoute(app: FastifyInstance, deps: CloudDeps, settings: CloudSettings, failed: FailedCodes): void {
  app.route({
    method: "POST",
    url: PATHS.enrol,
    bodyLimit: JSON_BYTES_MAX,
    handler: async (request) => {
      failed.check(request.ip, deps.now());
      const message = readMessage(enrolRequestSchema, request.body);
      try {
        const answer = await redeemEnrolCode(deps.db, settings, message, deps.now());
        request.log.info({ terminal: answer.terminal, store: answer.store, firstEpoch: answer.firstEpoch }, "a terminal enrolled");
        return answer;
      } catch (error) {
        if (error instanceof TillsyncError && error.code === "enrol.code-invalid") failed.add(request.ip, deps.now());
        throw error;
      }
    },
  });
}
