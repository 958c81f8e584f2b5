import { QUOTA_PATHS, quotaAnswerSchema, type QuotaAnswer, type QuotaAsk } from "@tillsync/sync-protocol";
import type { Enrolment } from "../enrol/enrolment.ts";
import type { TerminalKeys } from "../keys/key-files.ts";
import { createCloudClock } from "../replicator/cloud-clock.ts";
import { deviceToken } from "../replicator/device-token.ts";
import { createHttpTransport } from "../replicator/http-transport.ts";
import { postAuthorised, type AuthorisedDeps } from "../replicator/post-authorised.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";

/** A customer stands at the till: past this the line counts as down. The cloud itself waits 1.5 s at most for others. */
export const ASK_DEADLINE_MS = 4_000;
/** Questions at once. A till has one customer; a POS that sends more waits in turn. */
const CONNECTIONS = 2;

export interface CloudAsker {
  ask(ask: QuotaAsk): Promise<QuotaAnswer | "offline" | "refused">;
  close(): Promise<void>;
}

export interface CloudAskerDeps {
  readonly keys: TerminalKeys;
  readonly enrolment: () => Enrolment | undefined;
  readonly ports: ReplicatorPorts;
  readonly env: NodeJS.ProcessEnv;
}

/** Questions go over connections of their own: a backlog that drains does not make a customer wait. */
export function createCloudAsker(deps: CloudAskerDeps): CloudAsker {
  let line: { readonly enrolment: Enrolment; readonly deps: AuthorisedDeps } | undefined;
  const lineOf = (enrolment: Enrolment): AuthorisedDeps => {
    if (line?.enrolment !== enrolment) line = { enrolment, deps: openLine(deps, enrolment) };
    return line.deps;
  };
  return {
    ask: async (ask) => {
      const enrolment = deps.enrolment();
      if (enrolment === undefined) return "offline";
      const headers = { "content-type": "application/json", accept: "application/json" };
      const request = { path: QUOTA_PATHS.ask, headers, body: JSON.stringify(ask), deadlineMs: ASK_DEADLINE_MS };
      const answer = await postAuthorised(lineOf(enrolment), request);
      if (answer.kind === "failed") return /^(quota|auth|wire\.malformed)/.test(answer.failure.code) ? "refused" : "offline";
      return quotaAnswerSchema.safeParse(answer.body).data ?? "refused";
    },
    close: async () => {
      await line?.deps.transport.close();
    },
  };
}

/** A line of its own to the cloud, with the device's proofs. Whoever opens it closes its transport. */
export function openLine(
  { keys, ports, env }: Pick<CloudAskerDeps, "keys" | "ports" | "env">,
  { url, caFile, terminal, audience }: Enrolment,
): AuthorisedDeps {
  const clock = createCloudClock(ports);
  const token = deviceToken({ terminal, audience, identity: keys.identity, cloudNowMs: () => clock.nowMs() });
  return { transport: createHttpTransport({ url, connections: CONNECTIONS, caFile, env, ports }), token, clock, ports };
}
