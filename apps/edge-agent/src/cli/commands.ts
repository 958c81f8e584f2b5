import type { Command } from "./command.ts";

/** Each command is loaded when it is called for, so that a quick one does not pay for the agent. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  capture: async () => (await import("./capture.ts")).capture,
  status: async () => (await import("./status.ts")).status,
};
