import { helloSchema, PATHS } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { CloudDeps } from "../deps.ts";
import type { DeviceAuthenticator } from "../devices/authenticate.ts";
import { answerHello } from "../ingest/answer-hello.ts";
import { JSON_BYTES_MAX } from "../limits.ts";
import { readMessage } from "./read-message.ts";

/** `POST /v1/hello`: how far both sides have each journal, and what else they must know of each other. */
export function helloRoute(app: FastifyInstance, deps: CloudDeps, devices: DeviceAuthenticator): void {
  app.route({
    method: "POST",
    url: PATHS.hello,
    bodyLimit: JSON_BYTES_MAX,
    handler: async (request) => {
      const device = await devices.authenticate(request.headers.authorization);
      return answerHello(deps, device, readMessage(helloSchema, request.body));
    },
  });
}
