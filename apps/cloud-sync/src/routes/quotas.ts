import { QUOTA_PATHS, quotaAskSchema, type QuotaAnswer, type QuotaAsk } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { grantQuota, type QuotaGrant } from "../accounts/grant-quota.ts";
import { ACCOUNTS_TOPIC } from "../accounts/run-accounts.ts";
import type { CloudDeps } from "../deps.ts";
import type { Device, DeviceAuthenticator } from "../devices/authenticate.ts";
import { JSON_BYTES_MAX } from "../limits.ts";
import { readMessage } from "./read-message.ts";

/** How long a question waits for quota that another terminal is giving back: a customer stands at the till. */
export const RECALL_WAIT_MS = 1_500;

/** Looks at the account of one question: others' accounts change too, and each wakes all who wait. */
const ATTEMPTS_MAX = 20;

/** `POST /v1/quotas/ask`: a terminal wants to redeem more than it was leased. */
export function quotasRoute(app: FastifyInstance, deps: CloudDeps, devices: DeviceAuthenticator): void {
  app.route({
    method: "POST",
    url: QUOTA_PATHS.ask,
    bodyLimit: JSON_BYTES_MAX,
    handler: async (request): Promise<QuotaAnswer> => {
      const device = await devices.authenticate(request.headers.authorization);
      const grant = await grantOrWait(deps, device, readMessage(quotaAskSchema, request.body));
      return { ...grant, serverTimeMs: deps.now() };
    },
  });
}

/** Asks again whenever an account changed, while others were asked to give back and there is time. */
async function grantOrWait(deps: CloudDeps, device: Device, ask: QuotaAsk): Promise<QuotaGrant> {
  const until = deps.now() + RECALL_WAIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    const since = deps.wake.mark(ACCOUNTS_TOPIC);
    const grant = await grantQuota(deps.db, device, ask, deps.now());
    // Clocks may be set back while it waits.
    const leftMs = Math.min(until - deps.now(), RECALL_WAIT_MS);
    if (!grant.recalling || leftMs <= 0 || attempt === ATTEMPTS_MAX) return grant;
    if (!(await deps.wake.wait(ACCOUNTS_TOPIC, leftMs, undefined, since))) return grant;
  }
}
