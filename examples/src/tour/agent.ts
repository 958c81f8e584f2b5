import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Crew } from "./crew.ts";
import { builtWindow } from "../../../apps/edge-agent/desktop/src/testing/built-window.ts";
import { EDGE_AGENT, readJsonLine, readLink } from "./programs.ts";
import { readAgentStatus, readDigest, readPriceAnswer, type PriceAnswer } from "./statuses.ts";
import type { AgentView } from "./view.ts";

export interface AgentOptions {
  readonly name: string;
  readonly folder: string;
  /** Where the till writes its files. */
  readonly outbox: string;
  readonly cloudUrl: string;
  readonly code: string;
}

export interface Agent {
  status(): Promise<AgentView>;
  /** One hash of all prices that the till has. */
  priceDigest(): Promise<string>;
  /** What the till would ask for an item now. */
  price(item: string): Promise<PriceAnswer>;
  /** A link to the till's own window, good once and for a minute. */
  openWindow(): Promise<string>;
}

/** The tour's tills write quickly: a file at rest for this long is taken as it is, and looked at again later. */
const QUIET_MS = 300;
const RESCAN_MS = 1_000;
/** A store keeps more in reserve; the tour's disk is a temporary folder. */
const BALLAST_BYTES = 1_000_000;

/** Whom the tills' staff call. */
const HELP = { name: "Head office IT", phone: "+49 30 555 0123" };
/** An agent starts in a second; a machine may have other things to do. */
const START_DEADLINE_MS = 60_000;
/** A window opens in a second; the machine may have other things to do. */
const WINDOW_DEADLINE_MS = 20_000;

/** Enrols an agent with its one-time code and lets it watch the till's folder. */
export async function startAgent(crew: Crew, { name, folder, outbox, cloudUrl, code }: AgentOptions): Promise<Agent> {
  const data = join(folder, name);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const source = {
    name: "till",
    kind: "folder",
    path: outbox,
    adapter: "poslog",
    pattern: "*.xml",
    quietMs: QUIET_MS,
    rescanMs: RESCAN_MS,
  };
  writeFileSync(join(data, "config.json"), JSON.stringify({ sources: [source], help: HELP, ballastBytes: BALLAST_BYTES }, undefined, 2));
  await crew.run(`${name}-enrol`, EDGE_AGENT, ["enrol", "--data", data, "--cloud", cloudUrl, "--code", code]);
  const running = crew.start(name, EDGE_AGENT, ["run", "--data", data, "--json"]);
  await running.firstLine((line) => readJsonLine(line)?.["pid"], START_DEADLINE_MS);
  const command = (...args: string[]): Promise<string> => crew.run(`${name}-${args[0]}`, EDGE_AGENT, [...args, "--data", data, "--json"]);
  return {
    status: async () => readAgentStatus(await command("status"), Date.now()),
    priceDigest: async () => readDigest(await command("reference", "digest", "prices")),
    price: async (item) => readPriceAnswer(await command("reference", "price", item)),
    openWindow: async () => {
      const window = crew.visit(`${name}-window`, EDGE_AGENT, ["open", "--data", data, "--json", "--window", await builtWindow()]);
      return window.firstLine(readLink, WINDOW_DEADLINE_MS);
    },
  };
}
