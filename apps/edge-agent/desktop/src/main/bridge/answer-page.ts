import { TillsyncError } from "@tillsync/sync-protocol";
import { isWindowMethod, WINDOW_METHODS, type BridgeAnswer, type WindowMethod } from "@tillsync/edge-agent/window-api";

/** As much as the agent takes in one frame, less what the frame itself needs. */
export const REQUEST_CHARS_MAX = 1_000_000;
/** A page has one long poll and some screens under way; more is a page gone mad. The agent serves other windows too. */
export const ASKED_AT_ONCE_MAX = 8;

export interface Bridge {
  /** Undefined: no agent runs. Rejects with `TillsyncError`. */
  readonly ask: (method: WindowMethod, request: unknown) => Promise<unknown>;
  /** Told of failures that are bugs; the page gets `internal.unexpected`. */
  readonly onError: (error: unknown) => void;
}

/**
 * Answers what the page asks: a method of the window's, a request that fits its schema and its size, so many at once. Never
 * rejects: the page learns a code and nothing of this program's insides.
 */
export function answerPage({ ask, onError }: Bridge): (method: unknown, request: unknown) => Promise<BridgeAnswer> {
  let underWay = 0;
  return async (method, request) => {
    if (underWay >= ASKED_AT_ONCE_MAX) return failure(new TillsyncError("wire.busy", "too many questions at once"));
    underWay += 1;
    try {
      const known = knownMethod(method);
      const result = await ask(known, readRequest(known, request));
      return result === undefined ? failure(new TillsyncError("wire.unreachable", "the agent")) : { result };
    } catch (error) {
      if (!(error instanceof TillsyncError)) onError(error);
      return failure(error instanceof TillsyncError ? error : new TillsyncError("internal.unexpected"));
    } finally {
      underWay -= 1;
    }
  };
}

function knownMethod(method: unknown): WindowMethod {
  if (typeof method !== "string" || !isWindowMethod(method)) throw new TillsyncError("wire.malformed", "method");
  return method;
}

function readRequest(method: WindowMethod, request: unknown): unknown {
  const parsed = WINDOW_METHODS[method].request.safeParse(request);
  if (!parsed.success) throw new TillsyncError("wire.malformed", parsed.error.issues[0]?.path.join("."));
  if (JSON.stringify(parsed.data).length > REQUEST_CHARS_MAX) throw new TillsyncError("wire.too-large", "the window's request");
  return parsed.data;
}

/** Code and detail alone: the page has the texts in the person's language. */
const failure = ({ code, detail }: TillsyncError): BridgeAnswer => ({ error: { code, ...(detail === undefined ? {} : { detail }) } });
