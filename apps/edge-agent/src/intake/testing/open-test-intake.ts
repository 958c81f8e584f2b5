import { randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import { DEFAULT_POLICIES } from "@tillsync/sync-protocol";
import { readerFactory, type OpenReader } from "../../capture/reader.ts";
import { readStatus, type AgentStatus } from "../../health/status.ts";
import { localPseudonymKey, pseudonymise } from "../../keys/pseudonym.ts";
import { NO_REFERENCE } from "../../reference/status.ts";
import { openReferenceStore } from "../../reference/store/open-reference-store.ts";
import type { ReferenceStore } from "../../reference/store/reference-store.ts";
import type { RedemptionDeps, Redemptions } from "../../redemptions/redemptions.ts";
import { openRedemptions } from "../../redemptions/open-redemptions.ts";
import type { UpstreamState } from "../../replicator/upstream-status.ts";
import type { Enrolment } from "../../enrol/enrolment.ts";
import { loadReference, STORE, TERMINAL } from "./fill-reference.ts";
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
  /** How the line to the cloud stands, to be changed by hand. */
  line: UpstreamState;
  readonly folder: TestFolder;
  readonly reference: ReferenceStore;
  readonly intake: Intake;
  readonly openReader: OpenReader;
  readonly redemptions: Redemptions;
  readonly port: number;
  readonly token: string;
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[];
  readonly ask: (path: string, asked?: Asked) => Promise<Answer>;
  readonly post: (rows: string, type?: string) => Promise<Answer>;
  readonly connect: () => Socket;
  readonly close: () => Promise<void>;
}

export interface TestIntakeOptions {
  /** Enrolled as `TERMINAL` of `STORE`, with reference data that is loaded and empty, and redemptions over a cloud that is away. */
  readonly enrolled?: boolean;
  readonly deadlines?: IntakeDeps["deadlines"];
  readonly change?: (deps: StartIntakeDeps) => Partial<StartIntakeDeps>;
}

/** An interface of its own on a port of its own, over a data folder of its own, with one client that may write. */
export async function openTestIntake(options: TestIntakeOptions = {}): Promise<TestIntake> {
  const folder = openTestFolder();
  const reference = openReferenceStore(folder.dir, { now: () => folder.wallMs });
  const logged: TestIntake["logged"] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const deps: StartIntakeDeps = {
    dir: folder.dir,
    store: folder.store,
    guard: folder.guard,
    openReader: testReader(folder.dir),
    ports: { ...systemPorts(), wallMs: () => folder.wallMs },
    log: { info: log("info"), warn: log("warn"), error: log("error") },
    status: () => testStatus(folder),
    reference,
    redemptions: testRedemptions(folder, () => undefined),
    enrolment: () => undefined,
    line: () => till.line,
    ...(options.enrolled === true ? enrolledDeps(folder, reference) : {}),
    ...(options.deadlines === undefined ? {} : { deadlines: options.deadlines }),
  };
  const token = addClient(folder.dir, { name: "till", may: "write", nowMs: 0, randomBytes });
  const intake = await startIntake({ ...deps, ...options.change?.(deps) }, { host: "127.0.0.1", port: 0 });
  const port = intake.status()?.port ?? 0;
  const askPort = (path: string, asked: Asked = {}): Promise<Answer> => ask(port, path, { token, ...asked });
  const till: TestIntake = {
    line: options.enrolled === true ? "online" : "not-enrolled",
    folder,
    reference,
    intake,
    openReader: deps.openReader,
    redemptions: deps.redemptions,
    port,
    token,
    logged,
    ask: askPort,
    post: (rows, type = "application/x-ndjson") =>
      askPort("/v1/transactions", { method: "POST", body: rows, headers: { "content-type": type } }),
    connect: () => connect(port, "127.0.0.1"),
    close: async () => {
      await intake.stop();
      reference.close();
      folder.remove();
    },
  };
  return till;
}

/** Over a cloud that is away. */
const testRedemptions = (folder: TestFolder, terminal: RedemptionDeps["terminal"]): Redemptions =>
  openRedemptions({
    store: folder.store,
    terminal,
    policy: (kind) => DEFAULT_POLICIES[kind],
    standing: () => "usable",
    ask: () => Promise.resolve("offline" as const),
  });

/** A made-up retailer's key. */
export const PSEUDONYM_KEY = "a".repeat(43);

function enrolledDeps(folder: TestFolder, reference: ReferenceStore): Partial<StartIntakeDeps> {
  loadReference(reference, folder.wallMs);
  const enrolment = { terminal: TERMINAL, store: STORE, pseudonymKey: PSEUDONYM_KEY } as Enrolment;
  return { enrolment: () => enrolment, redemptions: testRedemptions(folder, () => enrolment) };
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
    reference: NO_REFERENCE,
    intake: null,
    disk: folder.guard.state(),
  });
