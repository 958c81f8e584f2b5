import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, runJson, start, type Running } from "../world/programs.ts";
import { postedSale } from "./intake-agent.ts";

/** What the POS heard of one attempt. `undefined`: no answer came, and it will ask again under the same id. */
export type Heard = { readonly status: number; readonly body: Record<string, unknown> } | undefined;

/** One till of a store: an agent with an HTTP interface, and a POS that talks to it. */
export interface Till {
  readonly name: string;
  readonly data: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** At once, as a power cut does. */
  kill(): Promise<void>;
  sell(sequence: number): Promise<void>;
  post(path: string, body?: object): Promise<Heard>;
  status(): Promise<TillStatus>;
}

/** As much of a till's status as the scenarios ask for. */
export interface TillStatus {
  readonly upstreams: readonly { readonly pending: number; readonly state: string }[];
  readonly quotas: { readonly leases: number; readonly reserved: number };
}

/** A cloud on a port that stays the same, and two tills of one store. */
export interface TwoTills {
  readonly folder: string;
  readonly cloudArgs: readonly string[];
  readonly tills: readonly [Till, Till];
  startCloud(): Promise<void>;
  killCloud(): Promise<void>;
  remove(): Promise<void>;
}

export const STORE = "S001";

export async function makeTwoTills(): Promise<TwoTills> {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-two-tills-"));
  const cloudArgs = ["--data", join(folder, "cloud")];
  const port = await freePort();
  let cloud: Running | undefined;
  const startCloud = async (): Promise<void> => {
    cloud = await start("cloud", ["serve", ...cloudArgs, "--port", String(port)]);
  };
  await startCloud();
  const tills = [await makeTill(folder, "till-1"), await makeTill(folder, "till-2")] as const;
  for (const till of tills) {
    const { code } = await runJson<{ code: string }>("cloud", ["enrol-code", ...cloudArgs, "--store", STORE, "--terminal", till.name]);
    const ran = await run("agent", ["enrol", "--data", till.data, "--cloud", `http://127.0.0.1:${port}`, "--code", code]);
    if (ran.code !== 0) throw new Error(`enrol exited ${ran.code}: ${ran.stdout}${ran.stderr}`);
    await till.start();
  }
  return {
    folder,
    cloudArgs,
    tills,
    startCloud,
    killCloud: async () => {
      cloud?.kill("SIGKILL");
      await cloud?.exited;
    },
    remove: async () => {
      await Promise.all([...tills.map((till) => till.kill()), cloud?.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeTill(folder: string, name: string): Promise<Till> {
  const data = join(folder, name);
  mkdirSync(data, { mode: 0o700 });
  const port = await freePort();
  writeFileSync(join(data, "config.json"), JSON.stringify({ intake: { port }, ballastBytes: 0 }));
  const { token } = await runJson<{ token: string }>("agent", ["intake", "token", "add", "till-app", "--data", data]);
  let agent: Running | undefined;
  const send = async (path: string, type: string, body: string | undefined): Promise<Heard> => {
    try {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) };
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: "POST",
        headers,
        signal: AbortSignal.timeout(15_000),
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    } catch {
      return undefined;
    }
  };
  return {
    name,
    data,
    start: async () => {
      agent = await start("agent", ["run", "--data", data]);
    },
    stop: async () => agent?.stop(),
    kill: async () => {
      agent?.kill("SIGKILL");
      await agent?.exited;
    },
    sell: async (sequence) => {
      const heard = await send("/v1/transactions", "application/x-ndjson", JSON.stringify(postedSale(Number(name.slice(-1)), sequence)));
      if (heard?.status !== 200) throw new Error(`a sale was not taken: ${JSON.stringify(heard)}`);
    },
    post: (path, body) => send(path, "application/json", body === undefined ? undefined : JSON.stringify(body)),
    status: async () => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`http://127.0.0.1:${port}/v1/status`, { headers, signal: AbortSignal.timeout(15_000) });
      return (await answer.json()) as TillStatus;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What a customer got at a till: goods for this amount were handed over. */
export interface HandedOver {
  readonly id: string;
  readonly amount: number;
}

/**
 * A POS that redeems: reserves, hands over once the commit was answered with yes, and asks again under the same id where
 * no answer came. `undefined`: declined. `again` is called where the till does not answer, to bring it back.
 */
export async function redeem(
  till: Till,
  card: string,
  amount: number,
  again: () => Promise<void> = () => Promise.resolve(),
): Promise<HandedOver | undefined> {
  const id = `r-${randomUUID()}`;
  const wish = { redemptionId: id, account: { kind: "giftCard", id: card }, amount: String(amount), unit: "EUR" };
  const insist = async (path: string, body?: object): Promise<NonNullable<Heard>> => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const heard = await till.post(path, body);
      if (heard !== undefined) return heard;
      await again();
    }
    throw new Error(`${till.name} does not answer`);
  };
  const reserved = await insist("/v1/redemptions", wish);
  if (reserved.status === 409) return undefined;
  if (reserved.status !== 200) throw new Error(`reserve: ${JSON.stringify(reserved)}`);
  const committed = await insist(`/v1/redemptions/${id}/commit`);
  if (committed.status !== 200) throw new Error(`commit: ${JSON.stringify(committed)}`);
  return { id, amount };
}
