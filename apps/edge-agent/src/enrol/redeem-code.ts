import { enrolResponseSchema, ERROR_CODES, PATHS, TillsyncError, type EnrolRequest, type EnrolResponse } from "@tillsync/sync-protocol";
import pRetry from "p-retry";
import type { RequestFailure } from "../replicator/answer.ts";
import type { Transport } from "../replicator/http-transport.ts";

/** One try. A person waits for it. */
const TRY_DEADLINE_MS = 10_000;
/** A line that stutters is tried again; one that is down is told within half a minute. */
const RETRIES = 2;
const PAUSE_MIN_MS = 300;
const PAUSE_MAX_MS = 2_000;

/** A person at the terminal sees to it at once, rather than after some tries. */
const ASKS_A_PERSON: ReadonlySet<string> = new Set(["wire.not-cloud", "wire.sign-in", "wire.proxy-refused"]);

/**
 * Redeems a one-time code at the cloud. Only trouble of the line is tried again: the cloud answers the same code with
 * the same keys alike, so an answer that was lost costs nothing. Throws `enrol.code-invalid`, `enrol.code-used`,
 * `wire.unreachable`, `wire.deadline`, `wire.not-cloud`, `wire.sign-in`, `wire.proxy-refused`, and what else the cloud says.
 */
export function redeemCode(transport: Transport, request: EnrolRequest): Promise<EnrolResponse> {
  return pRetry(() => redeemOnce(transport, request), {
    retries: RETRIES,
    minTimeout: PAUSE_MIN_MS,
    maxTimeout: PAUSE_MAX_MS,
    randomize: true,
    shouldRetry: ({ error }) =>
      error instanceof TillsyncError && ERROR_CODES[error.code].retry === "automatic" && !ASKS_A_PERSON.has(error.code),
  });
}

async function redeemOnce(transport: Transport, request: EnrolRequest): Promise<EnrolResponse> {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const answer = await transport.post({ path: PATHS.enrol, headers, body: JSON.stringify(request), deadlineMs: TRY_DEADLINE_MS });
  if (answer.kind === "failed") throw asError(answer.failure);
  const parsed = enrolResponseSchema.safeParse(answer.body);
  if (!parsed.success) throw new TillsyncError("wire.not-cloud", `answer ${parsed.error.issues[0]?.path.join(".") ?? ""}`);
  return parsed.data;
}

const asError = ({ code, detail }: RequestFailure): TillsyncError => new TillsyncError(code, detail);
