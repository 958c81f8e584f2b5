import { once } from "node:events";
import { createLogger } from "../config/logger.ts";
import { readServeConfig } from "../config/serve-config.ts";
import { startCloud } from "../server.ts";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";

const FLAGS = {
  host: { type: "string" },
  port: { type: "string" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  "behind-proxy": { type: "boolean" },
  "allow-origin": { type: "string", multiple: true },
} as const;

export const serve: Command = {
  usage:
    "serve --data DIR [--port 4400] [--host 127.0.0.1] [--database-url postgres://...] [--tls-cert FILE --tls-key FILE] [--behind-proxy] [--allow-origin ORIGIN]... [--json]",
  summary:
    "Runs the cloud until it is told to stop. --json prints {url, pid} when it is ready. The database's address may come from TILLSYNC_DATABASE_URL.",
  run: async (args) => {
    const { values } = parseFlags(args, FLAGS);
    const config = await readServeConfig(values, process.env);
    const log = createLogger(process.env);
    const told = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
    const cloud = await startCloud(config, log);
    log.info({ address: cloud.url, pid: process.pid }, "ready");
    if (values.json) console.log(JSON.stringify({ url: cloud.url, pid: process.pid }));
    await told;
    log.info("stopping");
    await cloud.stop();
    return 0;
  },
};
