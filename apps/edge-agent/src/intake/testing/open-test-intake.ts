import { randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import { readerFactory, type OpenReader } from "../../capture/reader.ts";
import { readStatus, type AgentStatus } from "../../health/status.ts";
import { localPseudonymKey, pseudonymise } from "../../keys/pseudonym.ts";
import { systemPorts } from "../../replicator/ports.ts";
import { openTestFolder, type TestFolder } from "../../store/testing/open-test-folder.ts";
import { addClient } from "../client-tokens.ts";
import type { Intake, IntakeDeps } from "../serve-intake.ts";
import { startIntake, type StartIntakeDeps } from "../start-intake.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** Null: none. */
  readonly token?: string | null;
}

export interface TestIntake {
  readonly folder: TestFolder;
  readonly intake: Intake;
  readonly openReader: OpenReader;
  readonly port: number;
  readonly token: string;
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[];
  readonly ask: (path: string, asked?: Asked) => Promise<Answer>;
  readonly post: (rows: string, type?: string) => Promise<Answer>;
  readonly connect: () => Socket;
  readonly close: () => Promise<void>;
}

export interface TestIntakeOptions {
  readonly deadlines?: IntakeDeps["deadlines"];
  readonly change?: (deps: StartIntakeDeps) => Partial<StartIntakeDeps>;
}

/** An interface of its own on a port of its own, over a data folder of its own, with one client that may write. */
export async function openTestIntake(options: TestIntakeOptions = {}): Promise<TestIntake> {
  const folder = openTestFolder();
  const logged: TestIntake["logged"] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const deps: StartIntakeDeps = {
    dir: folder.dir,
    store: folder.store,
    guard: folder.guard,
    openReader: testReader(folder.dir),
    ports: systemPorts(),
    log: { info: log("info"), warn: log("warn"), error: log("error") },
    status: () => testStatus(folder),
    ...(options.deadlines === undefined ? {} : { deadlines: options.deadlines }),
  };
  const token = addClient(folder.dir, { name: "till", may: "write", nowMs: 0, randomBytes });
  const intake = await startIntake({ ...deps, ...options.change?.(deps) }, { host: "127.0.0.1", port: 0 });
  const port = intake.status()?.port ?? 0;
  const askPort = (path: string, asked: Asked = {}): Promise<Answer> => ask(port, path, { token, ...asked });
  return {
    folder,
    intake,
    openReader: deps.openReader,
    port,
    token,
    logged,
    ask: askPort,
    post: (rows, type = "application/x-ndjson") =>
      askPort("/v1/transactions", { method: "POST", body: rows, headers: { "content-type": type } }),
    connect: () => connect(port, "127.0.0.1"),
    close: async () => {
      await intake.stop();
      folder.remove();
    },
  };
}

function ask(port: number, path: string, asked: Asked): Promise<Answer> {
  const authorization = asked.token === null || asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: "127.0.0.1", path, method: asked.method ?? "GET", headers: { ...authorization, ...asked.headers }, agent: false },
      (response) => {
        let text = "";
        response.on("data", (chunk) => (text += String(chunk)));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) });
        });
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(asked.body);
  });
}

const testReader = (dir: string): OpenReader => {
  const key = localPseudonymKey(dir);
  return readerFactory({ refresh: () => {}, pseudonymise: (kind, value) => pseudonymise(key, kind, value) });
};

const testStatus = (folder: TestFolder): AgentStatus =>
  readStatus(folder.store, {
    running: true,
    terminalId: null,
    storeId: null,
    upstreams: [],
    clockOffsetMs: null,
    sources: [],
    intake: null,
    disk: folder.guard.state(),
  });
