import { isWindowMethod, WINDOW_METHODS, type BridgeAnswer, type WindowAnswer, type WindowMethod } from "@tillsync/edge-agent/window-api";
import type { z } from "zod";

type Asked<M extends WindowMethod> = z.output<(typeof WINDOW_METHODS)[M]["request"]>;

/** What an agent of a test says to each question, typed as the real one. A method that it lacks is answered `wire.not-found`. */
export type ScriptedAgent = {
  [M in WindowMethod]?: (request: Asked<M>) => WindowAnswer<M> | Promise<WindowAnswer<M>>;
};

/** A script throws this to answer an error of the catalogue. */
export class Refused extends Error {
  readonly code: string;
  readonly detail: string | undefined;

  constructor(code: string, detail?: string) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/** Asks a scripted agent as a bridge does: the request is checked, errors become answers. */
export async function askScripted(agent: ScriptedAgent, method: string, body: unknown): Promise<BridgeAnswer> {
  if (!isWindowMethod(method)) return { error: { code: "wire.not-found" } };
  const request = WINDOW_METHODS[method].request.safeParse(body);
  if (!request.success) return { error: { code: "wire.malformed", detail: method } };
  // The script was looked up by the method's own name.
  const script = agent[method] as ((request: unknown) => unknown) | undefined;
  if (script === undefined) return { error: { code: "wire.not-found", detail: method } };
  try {
    return { result: await script(request.data) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { error: { code: error.code, ...(error.detail === undefined ? {} : { detail: error.detail }) } };
  }
}
