import type { Answer } from "./answer.ts";
import type { CloudClock } from "./cloud-clock.ts";
import type { Transport, TransportRequest } from "./http-transport.ts";
import type { ReplicatorPorts } from "./ports.ts";

export interface AuthorisedDeps {
  readonly transport: Transport;
  readonly token: () => Promise<string>;
  readonly clock: CloudClock;
  readonly ports: Pick<ReplicatorPorts, "monotonicMs">;
}

/** An answer and how long it took by the monotonic clock, retries left out. */
export type TimedAnswer = Answer & { readonly tookMs: number };

/**
 * Posts with a fresh proof of identity. When the cloud says that our time is not its time, its answer tells what time it
 * is: learns that and signs again, once. What fails then as well is for the session's schedule.
 */
export async function postAuthorised(deps: AuthorisedDeps, request: TransportRequest): Promise<TimedAnswer> {
  const first = await post(deps, request);
  if (first.kind === "answered" || first.failure.code !== "auth.clock" || first.failure.serverTimeMs === undefined) return first;
  deps.clock.learn(first.failure.serverTimeMs, first.tookMs);
  return post(deps, request);
}

async function post({ transport, token, ports }: AuthorisedDeps, request: TransportRequest): Promise<TimedAnswer> {
  const headers = { ...request.headers, authorization: `Bearer ${await token()}` };
  const sentMs = ports.monotonicMs();
  const answer = await transport.post({ ...request, headers });
  return { ...answer, tookMs: ports.monotonicMs() - sentMs };
}
