import { uptime } from "node:os";
import { resolve } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import { startAgent } from "../core/lifecycle.ts";
import { openLog } from "../log/open-log.ts";
import { systemPorts } from "../replicator/ports.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

/** After this an orderly end is given up; nothing acknowledged depends on it. */
const STOP_DEADLINE_MS = 4_500;

export const run: Command = {
  usage: "run --data DIR [--staff-door FOLDER] [--json]",
  summary:
    "the core: watches the sources, keeps the journal, sends it to the cloud. --staff-door lets the folder's group in with its tray and window. SIGTERM ends it, SIGHUP reads the configuration again. --json prints {pid, terminalId, epoch} when it is ready",
  run: async (args) => {
    const flags = readFlags(args, { "staff-door": { type: "string" } });
    const staffDoor = flags.text("staff-door");
    const { log, close } = openLog(flags.data, loadConfig(flags.data).logLevel);
    const { promise: wished, resolve: wish } = Promise.withResolvers<string>();
    const agent = await startAgent(flags.data, {
      ports: { ...systemPorts(), env: process.env, bootMs: () => uptime() * 1_000 },
      log,
      onStopWish: () => wish("a window"),
      staffDoor: staffDoor === undefined ? undefined : resolve(staffDoor),
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => wish(signal));
    process.on("SIGHUP", () => void agent.reload());
    const { terminalId, epoch, journal } = agent.status();
    log.info({ terminalId, epoch, seq: journal.seq, data: flags.data }, "the agent runs");
    if (flags.json) process.stdout.write(`${JSON.stringify({ pid: process.pid, terminalId, epoch })}\n`);
    const alive = setInterval(() => {}, 1 << 30);
    const by = await wished;
    clearInterval(alive);
    log.info({ by }, "the agent stops");
    const late = setTimeout(() => process.exit(1), STOP_DEADLINE_MS);
    await agent.stop();
    clearTimeout(late);
    close();
    return 0;
  },
};
