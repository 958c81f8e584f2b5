import { bridgeAnswerSchema, WINDOW_METHODS, type WindowAnswer, type WindowMethod } from "@tillsync/edge-agent/window-api";
import type { ErrorCode } from "@tillsync/sync-protocol";
import { AskError } from "./ask-error.ts";

/** No agent runs, or none that answers in time. */
export const NOT_ANSWERING = "agent.not-answering" satisfies ErrorCode;
/** What the bridges say of it: on this line the agent is the far end, and not the cloud that the catalogue's texts speak of. */
const FAR_END_GONE: ReadonlySet<string> = new Set(["wire.unreachable", "wire.deadline"] satisfies ErrorCode[]);

/**
 * Reads what the bridge brought. Throws `AskError` with the code that the agent gave, or `wire.malformed` for what is no
 * answer to this method: a window never shows figures that it did not understand.
 */
export function readAnswer<M extends WindowMethod>(method: M, body: unknown): WindowAnswer<M> {
  const bridged = bridgeAnswerSchema.safeParse(body);
  if (!bridged.success) throw new AskError("wire.malformed", method);
  if ("error" in bridged.data) throw asError(bridged.data.error);
  const answer = WINDOW_METHODS[method].answer.safeParse(bridged.data.result);
  if (!answer.success) throw new AskError("wire.malformed", method);
  // The schema was looked up by the method's own name.
  return answer.data as WindowAnswer<M>;
}

const asError = ({ code, detail }: { code: string; detail?: string | undefined }): AskError =>
  FAR_END_GONE.has(code) ? new AskError(NOT_ANSWERING) : new AskError(code, detail);
