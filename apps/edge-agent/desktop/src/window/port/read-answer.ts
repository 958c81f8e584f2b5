import { bridgeAnswerSchema, WINDOW_METHODS, type WindowAnswer, type WindowMethod } from "@tillsync/edge-agent/window-api";
import { AskError } from "./ask-error.ts";

/** No agent runs or answers, in the words of this window's bridge. */
export const UNREACHABLE = "wire.unreachable";

/**
 * Reads what the bridge brought. Throws `AskError` with the code that the agent gave, or `wire.malformed` for what is no
 * answer to this method: a window never shows figures that it did not understand.
 */
export function readAnswer<M extends WindowMethod>(method: M, body: unknown): WindowAnswer<M> {
  const bridged = bridgeAnswerSchema.safeParse(body);
  if (!bridged.success) throw new AskError("wire.malformed", method);
  if ("error" in bridged.data) throw new AskError(bridged.data.error.code, bridged.data.error.detail);
  const answer = WINDOW_METHODS[method].answer.safeParse(bridged.data.result);
  if (!answer.success) throw new AskError("wire.malformed", method);
  // The schema was looked up by the method's own name.
  return answer.data as WindowAnswer<M>;
}
