import type { Command } from "./command.ts";

/** Each command is loaded when it is called for, so that a quick one does not pay for the agent. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  enrol: async () => (await import("./enrol.ts")).enrol,
  run: async () => (await import("./run.ts")).run,
  capture: async () => (await import("./capture.ts")).capture,
  status: async () => (await import("./status.ts")).status,
  doctor: async () => (await import("./doctor.ts")).doctor,
  verify: async () => (await import("./verify.ts")).verify,
  open: async () => (await import("./open.ts")).open,
  "set-aside": async () => (await import("./set-aside.ts")).setAside,
  export: async () => (await import("./export.ts")).exportCommand,
  intake: async () => (await import("./intake.ts")).intake,
  redemptions: async () => (await import("./redemptions.ts")).redemptions,
  reference: async () => (await import("./reference.ts")).reference,
  service: async () => (await import("./service.ts")).service,
  updates: async () => (await import("./updates.ts")).updates,
  pause: async () => (await import("./pause.ts")).pause,
  resume: async () => (await import("./pause.ts")).resume,
  "support-bundle": async () => (await import("./support-bundle.ts")).supportBundle,
  prune: async () => (await import("./prune.ts")).prune,
};
