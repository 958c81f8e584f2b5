import { WINDOW_METHODS, type AgentPort, type WindowMethod } from "@tillsync/edge-agent/window-api";
import { AskError } from "./ask-error.ts";
import { NOT_ANSWERING, readAnswer } from "./read-answer.ts";

/** What the preload script puts into the page; answers a `BridgeAnswer`. */
interface Bridge {
  readonly ask: (method: string, request: unknown) => Promise<unknown>;
}

declare global {
  interface Window {
    readonly tillsync?: Bridge;
  }
}

/** The bridge itself keeps the method's deadline; this is for a bridge that does not come back at all. */
const BRIDGE_GRACE_MS = 2_000;

/** The agent as this page reaches it: by Electron's bridge where there is one, else by the server that the page came from. */
export function connectToAgent(page: Window): AgentPort {
  const bridge = page.tillsync;
  const carry = bridge === undefined ? post : (method: WindowMethod, request: unknown) => bridge.ask(method, request);
  return {
    ask: async (method, request) => readAnswer(method, await withDeadline(method, (signal) => carry(method, request, signal))),
  };
}

async function post(method: WindowMethod, request: unknown, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(`ask/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    signal,
  });
  return answer.json();
}

async function withDeadline(method: WindowMethod, carry: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const cut = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      cut.abort();
      reject(new AskError(NOT_ANSWERING, method));
    }, WINDOW_METHODS[method].deadlineMs + BRIDGE_GRACE_MS);
  });
  try {
    return await Promise.race([carry(cut.signal), late]);
  } catch (error) {
    if (error instanceof AskError) throw error;
    throw new AskError(error instanceof SyntaxError ? "wire.malformed" : NOT_ANSWERING, method);
  } finally {
    clearTimeout(timer);
  }
}
