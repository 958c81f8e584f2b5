import { ERROR_CODES } from "@tillsync/sync-protocol";
import type { ConnectorManifest, ConnectorSession, Repeatability } from "../connectors/connector.ts";
import { withinSendTime } from "../connectors/send-time.ts";
import { connectorOf } from "../connectors/registry.ts";
import type { Database } from "../db/database.ts";
import type { BackgroundLog, BackgroundPorts } from "../subscribers/ports.ts";
import { readDestinationConfig, readDestinationState, setDestinationState, type DestinationState } from "./destination.ts";
import type { CommonConfig } from "./destination-file.ts";
import { openGate, type Gate } from "./gate.ts";
import { openRate } from "./rate/open-rate.ts";
import type { Seal } from "./seal.ts";

/** One destination as this process speaks to it: shared by the workers of all shards and by replays. */
export interface Line {
  readonly name: string;
  readonly config: CommonConfig;
  readonly repeatability: Repeatability;
  readonly capabilities: ConnectorManifest["capabilities"];
  readonly session: ConnectorSession;
  /** Time of one item, look-up and all its requests together. */
  readonly sendMs: number;
  /** How long the credential's rate limit lets nothing new begin; 0 or undefined: it may. */
  readonly holdMs?: () => number;
  gate: Gate;
  /** The state in the database, as last seen or written here. */
  state: DestinationState;
  /** Why the gate is shut for set-up. */
  reason: string | undefined;
}

/** Opens the destination's secrets and connections. Throws `destination.sealed`, `destination.config-invalid`. */
export async function openLine(db: Database, name: string, seal: Seal, ports: BackgroundPorts): Promise<Line> {
  const file = await readDestinationConfig(db, name, seal);
  const connector = connectorOf(file.common.kind);
  const { state } = await readDestinationState(db, name);
  const { kind, rate: rule } = file.common;
  const rate = openRate(db, seal, { kind, own: file.own, secretFields: connector.secretFields }, rule, ports);
  return {
    name,
    config: file.common,
    repeatability: connector.manifest.repeatability,
    capabilities: connector.manifest.capabilities,
    session: closingBoth(connector.open(file.own, withinSendTime({ ...ports, permit: rate.permit, noteRate: rate.noteRate })), rate),
    holdMs: () => rate.holdMs(),
    sendMs: file.common.sendMs ?? sendMsOf(file.own["timeoutMs"]),
    // A destination that stood still for its set-up is probed first, not flooded.
    gate: state === "set-up" ? { ...openGate, mode: "set-up" } : openGate,
    state,
    reason: undefined,
  };
}

/** Nobody waits for the rate limit of a line that is closed. */
const closingBoth = (session: ConnectorSession, rate: { close(): void }): ConnectorSession => ({
  ...session,
  close: () => {
    rate.close();
    return session.close();
  },
});

const SEND_MIN_MS = 30_000;

/** Connectors with a deadline of one request call it `timeoutMs`. */
const sendMsOf = (timeoutMs: unknown): number => Math.max(SEND_MIN_MS, typeof timeoutMs === "number" ? 2 * timeoutMs : 0);

/**
 * Brings the state in the database and the gate together: a person's pause or resume is taken over, a gate that shut or
 * opened by itself is written down, with one alert each. Throws `destination.unknown` once it is gone.
 */
export async function syncState(db: Database, line: Line, log: BackgroundLog, nowMs: number): Promise<void> {
  const { state } = await readDestinationState(db, line.name);
  if (line.state === "set-up" && state === "active") line.gate = openGate;
  line.state = state;
  if (line.gate.mode === "set-up" && state === "active") {
    const reason = line.reason ?? ERROR_CODES["delivery.set-up"].meaning;
    await setDestinationState(db, line.name, { state: "set-up", reason, only: "active" }, nowMs);
    line.state = "set-up";
    log.error({ destination: line.name, reason }, "a destination refuses us and stands still; everything is kept");
  } else if (line.gate.mode !== "set-up" && state === "set-up") {
    await setDestinationState(db, line.name, { state: "active", only: "set-up" }, nowMs);
    line.state = "active";
    log.info({ destination: line.name }, "a destination takes items again");
  }
}
