import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runJson, start, type Running } from "../world/programs.ts";

/** A terminal with an HTTP interface, and a program on it that has a token. */
export interface IntakeTerminal {
  readonly base: string;
  readonly data: string;
  readonly port: number;
  readonly token: string;
  readonly start: () => Promise<Running>;
  readonly remove: () => void;
}

export async function makeIntakeTerminal(): Promise<IntakeTerminal> {
  const base = mkdtempSync(join(tmpdir(), "tillsync-intake-"));
  const data = join(base, "data");
  mkdirSync(data, { mode: 0o700 });
  const port = await freePort();
  writeFileSync(join(data, "config.json"), JSON.stringify({ intake: { port }, ballastBytes: 0 }));
  const { token } = await runJson<{ token: string }>("agent", ["intake", "token", "add", "till-app", "--data", data]);
  return {
    base,
    data,
    port,
    token,
    start: () => start("agent", ["run", "--data", data]),
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** One that was free a moment ago; an agent that does not get it says so. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A sale in cash as a till posts it. */
export function postedSale(workstation: number, sequence: number): Record<string, unknown> {
  const amount = String(100 + ((sequence * 37 + workstation) % 4_900));
  return {
    schemaVersion: 1,
    transactionType: "RetailTransaction",
    identity: { store: "17", workstation: String(workstation), businessDay: "2026-03-02", sequence: String(sequence) },
    status: "completed",
    currency: "EUR",
    exponent: 2,
    lines: [{ line: 1, action: "sale", itemType: "stock", itemId: "4006", quantity: { value: "1", uom: "EA" }, extendedAmount: amount }],
    tenders: [{ line: 2, type: "cash", use: "sale", amount }],
    reported: { grand: amount },
  };
}
