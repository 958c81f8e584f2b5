import {
  helloAckSchema,
  PATHS,
  WIRE_VERSION,
  type EffectOf,
  type Hello,
  type SessionEvent,
  type TerminalId,
} from "@tillsync/sync-protocol";
import { AGENT_VERSION } from "../enrol/agent-version.ts";
import { HELLO_DEADLINE_MS } from "./limits.ts";
import type { ReplicatorPorts } from "./ports.ts";
import { postAuthorised, type AuthorisedDeps } from "./post-authorised.ts";
import type { ReplicaJournal } from "./replica-journal.ts";

/** What happened, still without its moment, which the driver stamps. */
export type Happened = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, "nowMs" | "random"> : never) : never;

export interface HelloDeps extends AuthorisedDeps {
  readonly terminal: TerminalId;
  readonly journal: ReplicaJournal;
  readonly ports: ReplicatorPorts;
}

/** Says hello and tells what came of it. Does not throw for what the line or the cloud do. */
export async function performHello(deps: HelloDeps, effect: EffectOf<"sendHello">, signal: AbortSignal): Promise<Happened> {
  const { requestId } = effect;
  const hello: Hello = {
    versions: [WIRE_VERSION],
    terminal: deps.terminal,
    agentVersion: AGENT_VERSION,
    wallMs: Math.trunc(deps.ports.wallMs()),
    journals: effect.journals.map(({ epoch, seq, hash }) => ({ epoch, seq, hash })),
    verdictsAfter: deps.journal.lastVerdict(),
  };
  const headers = { "content-type": "application/json", accept: "application/json" };
  const answer = await postAuthorised(deps, {
    path: PATHS.hello,
    headers,
    body: JSON.stringify(hello),
    deadlineMs: HELLO_DEADLINE_MS,
    signal,
  });
  const { tookMs } = answer;
  if (answer.kind === "failed") return { kind: "requestFailed", requestId, failure: answer.failure, tookMs };
  const ack = helloAckSchema.safeParse(answer.body);
  return ack.success
    ? { kind: "helloAnswered", requestId, ack: ack.data, tookMs }
    : { kind: "requestFailed", requestId, failure: { code: "wire.not-cloud" }, tookMs };
}
