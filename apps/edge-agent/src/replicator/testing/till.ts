import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { epoch } from "@tillsync/sync-protocol";
import type { Enrolment } from "../../enrol/enrolment.ts";
import { appendMany } from "../../journal/append-many.ts";
import { journalHeads } from "../../journal/journal-heads.ts";
import { saleItem } from "../../journal/testing/sales.ts";
import { loadOrCreateKeys, type TerminalKeys } from "../../keys/key-files.ts";
import type { AgentStore } from "../../store/agent-store.ts";
import { openAgentStore } from "../../store/open-store.ts";
import { readAnswer, type Answer } from "../answer.ts";
import type { Transport, TransportRequest } from "../http-transport.ts";
import { startReplicator, type Replicator, type ReplicatorLog } from "../start-replicator.ts";
import { FakePorts } from "./fake-ports.ts";
import { ModelCloud, type CloudRequest } from "./model-cloud.ts";

const REAL_MS_MAX = 18_000;

/** Takes the request to the cloud and its answer back, or does not. */
export type Line = (request: TransportRequest, cloud: () => Promise<Answer>) => Promise<Answer>;

export const goodLine: Line = (_request, cloud) => cloud();
export const deadLine: Line = () => Promise.resolve({ kind: "failed", failure: { code: "wire.unreachable" } });
/** The cloud hears it; the till hears nothing. */
export const deafLine: Line = async (_request, cloud) => {
  await cloud();
  return { kind: "failed", failure: { code: "wire.deadline" } };
};

/** A till with a real store, a cloud in memory, a line and a clock that the test holds in its hands. */
export class Till {
  readonly dir: string;
  readonly keys: TerminalKeys;
  readonly ports: FakePorts;
  readonly cloud: ModelCloud;
  readonly logged: { level: string; fields: object; message: string }[] = [];
  store: AgentStore;
  replicator: Replicator | undefined;
  line: Line = goodLine;
  sales = 0;
  private active = 0;

  constructor(seed = 1) {
    this.dir = mkdtempSync(join(tmpdir(), "tillsync-till-"));
    this.keys = loadOrCreateKeys(this.dir);
    this.ports = new FakePorts(seed);
    this.store = this.open();
    this.cloud = new ModelCloud(this.ports.trueMs);
    this.cloud.identityKey = this.keys.identity.publicJwk;
    this.cloud.journalKey = this.keys.journal.publicJwk;
  }

  open(): AgentStore {
    return openAgentStore(this.dir, { now: this.ports.wallMs, journalKey: this.keys.journal.thumbprint });
  }

  sell(count: number): void {
    const items = Array.from({ length: count }, () => saleItem({ sequence: (this.sales += 1) }));
    for (let i = 0; i < items.length; i += 500) appendMany(this.store, items.slice(i, i + 500));
  }

  enrolment(): Enrolment {
    return {
      version: 1,
      terminal: this.cloud.terminal,
      store: this.cloud.store,
      audience: this.cloud.audience,
      firstEpoch: this.cloud.firstEpoch,
      pseudonymKey: this.cloud.pseudonymKey,
      url: "https://cloud.example",
      identityThumbprint: this.keys.identity.thumbprint,
      journalThumbprint: this.keys.journal.thumbprint,
      codeHash: "x".repeat(43),
    };
  }

  start(): Replicator {
    const note = (level: string) => (fields: object, message: string) => void this.logged.push({ level, fields, message });
    const log: ReplicatorLog = { info: note("info"), warn: note("warn"), error: note("error") };
    const { store, keys, ports } = this;
    return (this.replicator = startReplicator({
      store,
      keys,
      ports,
      log,
      env: {},
      enrolment: this.enrolment(),
      transport: this.transport(),
    }));
  }

  transport(): Transport {
    return {
      post: async (request) => {
        this.active += 1;
        try {
          return await this.line(request, async () => {
            const { status, headers, body } = await this.cloud.handle(asReceived(request));
            return readAnswer({ status, headers, bytes: Buffer.from(body) }, this.ports.wallMs());
          });
        } finally {
          this.active -= 1;
        }
      },
      close: () => Promise.resolve(),
    };
  }

  /**
   * Lets things happen, and time pass where nothing does, until `done`. Fails after `stepsMax` timers. Signing and
   * compressing run on threads of their own, so it gives them real time before it makes time pass.
   */
  async until(done: () => boolean, stepsMax = 300): Promise<void> {
    const startedMs = performance.now();
    for (let steps = 0, quiet = 0; !done();) {
      quiet = this.active > 0 ? 0 : quiet + 1;
      await setImmediate();
      if (quiet < 10) continue;
      await sleep(1);
      if (this.active > 0 || done()) continue;
      if (steps >= stepsMax || performance.now() - startedMs > REAL_MS_MAX)
        throw new Error(`not reached after ${steps} timers: ${JSON.stringify(this.replicator?.status())}`);
      if (this.ports.fireNext()) steps += 1;
      quiet = 0;
    }
  }

  readonly drained = (): boolean => this.replicator?.status().pending === 0 && this.replicator.status().state === "online";

  /** The heads of the open journals as the cloud and the till have them. */
  heads(): { ours: unknown; theirs: unknown } {
    const ours = journalHeads(this.store)
      .map(({ epoch, seq, hash, closed }) => ({ epoch, seq, hash, closed }))
      .filter((head) => !head.closed && head.seq > 0);
    return {
      ours: ours.map(({ epoch, seq, hash }) => ({ epoch, seq, hash })),
      theirs: ours.map(({ epoch: of }) => ({ epoch: of, ...this.cloud.head(epoch(of)) })),
    };
  }

  async close(): Promise<void> {
    await this.replicator?.stop();
    this.store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const asReceived = ({ path, headers, body }: TransportRequest): CloudRequest => ({
  path,
  headers,
  body: typeof body === "string" ? Buffer.from(body) : body,
});

/** Receipts in the cloud, once each, in whatever epochs. */
export const receipts = (one: Till): Set<string> =>
  new Set(one.cloud.allLines().flatMap((line) => /"sequence":"(\d+)"/.exec(line)?.[1] ?? []));

/** Tills that a test opens, and how to close them all after it. */
export function closingTills(): { till: (seed?: number) => Till; closeAll: () => Promise<void> } {
  const tills: Till[] = [];
  return {
    till: (seed) => {
      const made = new Till(seed);
      tills.push(made);
      return made;
    },
    closeAll: async () => {
      for (const one of tills.splice(0)) await one.close();
    },
  };
}
