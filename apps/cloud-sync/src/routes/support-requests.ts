import { SUPPORT_BYTES_MAX, SUPPORT_PATHS, supportRequestSchema, type SupportAnswer } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { CloudDeps } from "../deps.ts";
import type { DeviceAuthenticator } from "../devices/authenticate.ts";
import { takeRequest } from "../support-requests/take-request.ts";
import { readMessage } from "./read-message.ts";

/** `POST /v1/support-requests`: staff at a terminal hand to IT what was set aside there. */
export function supportRequestsRoute(app: FastifyInstance, deps: CloudDeps, devices: DeviceAuthenticator): void {
  app.route({
    method: "POST",
    url: SUPPORT_PATHS.request,
    bodyLimit: SUPPORT_BYTES_MAX,
    // Who it is comes before a megabyte of its text is read.
    onRequest: async (request) => {
      await devices.authenticate(request.headers.authorization);
    },
    handler: async (request): Promise<SupportAnswer> => {
      const device = await devices.authenticate(request.headers.authorization);
      const message = readMessage(supportRequestSchema, request.body);
      const state = await takeRequest(deps.db, device, message, deps.now());
      return { number: message.number, state, serverTimeMs: deps.now() };
    },
  });
}
