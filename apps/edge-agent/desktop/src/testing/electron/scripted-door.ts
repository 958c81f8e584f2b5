import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import { WINDOW_METHODS } from "@tillsync/edge-agent/window-api";
// oxlint-disable-next-line no-restricted-imports -- the agent's own door, so that the program meets what it meets in a shop
import { serveControl, type ControlServer } from "../../../../src/control/serve-control.ts";
import { askScripted, type ScriptedAgent } from "../scripted-agent.ts";

/** An agent whose answers a test writes, behind a real door for staff. */
export interface ScriptedDoor {
  readonly folder: string;
  /** What is answered from now on. */
  script: ScriptedAgent;
  /** How often each method was asked. */
  readonly asked: Map<string, number>;
  /** The agent ends, or comes again. */
  readonly shut: () => Promise<void>;
  readonly open: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function makeScriptedDoor(script: ScriptedAgent): Promise<ScriptedDoor> {
  const base = mkdtempSync(join(tmpdir(), "tsd-"));
  const folder = join(base, "door");
  mkdirSync(folder, { mode: 0o750 });
  let server: ControlServer | undefined;
  const ask = async (method: string, request: unknown): Promise<unknown> => {
    door.asked.set(method, (door.asked.get(method) ?? 0) + 1);
    const answer = await askScripted(door.script, method, request);
    if ("error" in answer) throw new TillsyncError(answer.error.code as ErrorCode, answer.error.detail);
    return answer.result;
  };
  const handlers = Object.fromEntries(Object.keys(WINDOW_METHODS).map((method) => [method, (request: unknown) => ask(method, request)]));
  const door: ScriptedDoor = {
    folder,
    script,
    asked: new Map(),
    open: async () => {
      server ??= await serveControl(folder, {
        kind: "staff",
        handlers: handlers as never,
        onError: (error) => process.stderr.write(`${String(error)}\n`),
      });
    },
    shut: async () => {
      await server?.close();
      server = undefined;
    },
    remove: async () => {
      await door.shut();
      rmSync(base, { recursive: true, force: true });
    },
  };
  await door.open();
  return door;
}
