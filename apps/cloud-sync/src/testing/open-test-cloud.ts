import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { PATHS, type StoreId, type TerminalId } from "@tillsync/sync-protocol";
import { pino } from "pino";
import { buildApp, type AppOptions } from "../app.ts";
import type { Database } from "../db/database.ts";
import type { CloudDeps } from "../deps.ts";
import { createEnrolCode } from "../devices/create-enrol-code.ts";
import { ensureSettings } from "../devices/settings.ts";
import { createWake } from "../event-log/wake.ts";
import { createPressure } from "../ingest/pressure.ts";
import { TestTerminal } from "./test-terminal.ts";

/** A cloud without a port and with a clock that the test moves. */
export interface TestCloud {
  readonly app: FastifyInstance;
  readonly deps: CloudDeps;
  readonly clock: { nowMs: number };
  code(terminal: string, store?: string, lifeMs?: number): Promise<string>;
  /** A terminal that is enrolled already. */
  enrolled(terminal: string, store?: string): Promise<TestTerminal>;
  enrol(terminal: TestTerminal, code: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a batch as it travels, by default plain and with a good proof of `terminal`. */
  push(terminal: TestTerminal, body: Uint8Array, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it with matchers
  readonly body: any;
}

export async function openTestCloud(db: Database, options: Partial<AppOptions> = {}): Promise<TestCloud> {
  const clock = { nowMs: 1_800_000_000_000 };
  const now = (): number => clock.nowMs;
  const deps: CloudDeps = {
    db,
    wake: createWake(),
    pressure: createPressure(now),
    log: pino({ level: "silent" }),
    now,
    randomBytes: (count) => randomBytes(count),
  };
  const settings = await ensureSettings(db, deps.randomBytes);
  const app = buildApp(deps, { settings, ...options });
  const send = async (path: string, payload: Buffer | string, headers: Record<string, string>): Promise<Answer> => {
    const answer = await app.inject({ method: "POST", url: path, payload, headers });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  const cloud: TestCloud = {
    app,
    deps,
    clock,
    code: async (terminal, store = "store-1", lifeMs = 86_400_000) => {
      const wanted = { terminal: terminal as TerminalId, store: store as StoreId, nowMs: now(), lifeMs, randomBytes: deps.randomBytes };
      return (await createEnrolCode(db, wanted)).code;
    },
    enrol: async (terminal, code) => {
      const answer = await cloud.post(PATHS.enrol, terminal.enrolRequest(code));
      if (answer.status === 200) {
        terminal.name = answer.body.terminal;
        terminal.audience = answer.body.audience;
      }
      return answer;
    },
    enrolled: async (name, store) => {
      const terminal = new TestTerminal();
      const answer = await cloud.enrol(terminal, await cloud.code(name, store));
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return terminal;
    },
    post: (path, body, headers = {}) => send(path, JSON.stringify(body), { "content-type": "application/json", ...headers }),
    push: async (terminal, body, headers = {}) =>
      send(PATHS.entries, Buffer.from(body), {
        "content-type": "application/x-ndjson",
        authorization: await terminal.proof(now()),
        ...headers,
      }),
  };
  return cloud;
}
