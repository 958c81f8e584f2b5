import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { collections, scopesOf, storeId, terminalId, type Scope } from "@tillsync/sync-protocol";
import { saveEnrolment, type Enrolment } from "../../enrol/enrolment.ts";
import { loadOrCreateKeys } from "../../keys/key-files.ts";
import { systemPorts, type ReplicatorPorts } from "../../replicator/ports.ts";
import { digestDocuments } from "../digest-documents.ts";
import { startDownlink, type Downlink } from "../down/start-downlink.ts";
import { openReferenceStore } from "../store/open-reference-store.ts";
import type { ReferenceStore } from "../store/reference-store.ts";

const REAL_MS_MAX = 15_000;

export const TERMINAL = terminalId("till-1");
export const STORE = storeId("S1");
export const SCOPES: readonly Scope[] = scopesOf({ store: STORE, terminal: TERMINAL });

/** Waits at most this long, so that a test of failures does not take minutes. */
const quick = (ports: ReplicatorPorts, waitMaxMs: number): ReplicatorPorts => ({
  ...ports,
  setTimer: (ms, work) => ports.setTimer(Math.min(ms, ms >= 20_000 ? ms : waitMaxMs), work),
});

/** A data folder that is enrolled at a model cloud, and its downlink. */
export class ReferenceTill {
  readonly dir = mkdtempSync(join(tmpdir(), "tillsync-reference-"));
  readonly keys = loadOrCreateKeys(this.dir);
  readonly logged: { fields: object; message: string }[] = [];
  readonly ports: { -readonly [K in keyof ReplicatorPorts]: ReplicatorPorts[K] } = quick(systemPorts(), 15);
  store: ReferenceStore = this.open();
  downlink: Downlink | undefined;
  freeBytes = (): number => 2 ** 40;

  open(): ReferenceStore {
    return openReferenceStore(this.dir, { now: this.ports.wallMs });
  }

  enrol(url: string, change: Partial<Enrolment> = {}): void {
    saveEnrolment(this.dir, {
      version: 1,
      terminal: TERMINAL,
      store: STORE,
      audience: "urn:tillsync:cloud:model",
      firstEpoch: 1,
      pseudonymKey: "a".repeat(43),
      url,
      identityThumbprint: this.keys.identity.thumbprint,
      journalThumbprint: this.keys.journal.thumbprint,
      codeHash: "x".repeat(43),
      ...change,
    } as Enrolment);
  }

  start(): Downlink {
    const note = (fields: object, message: string): void => void this.logged.push({ fields, message });
    const { store, keys, ports } = this;
    this.downlink = startDownlink({
      store,
      keys,
      ports,
      log: { info: note, warn: note, error: note },
      env: {},
      freeBytes: () => this.freeBytes(),
    });
    return this.downlink;
  }

  async stop(): Promise<void> {
    await this.downlink?.stop();
    this.downlink = undefined;
  }

  /** As a process that ends and starts again. */
  async restart(): Promise<void> {
    await this.stop();
    this.reopen();
    this.start();
  }

  reopen(): void {
    this.store.close();
    this.store = this.open();
  }

  /** Every collection was pulled to its end, in the file as it is. */
  isAtEnd(): boolean {
    const { loaded } = this.store.file
      .prepare<[], { loaded: number }>("SELECT count(DISTINCT collection) AS loaded FROM position WHERE loaded = 1")
      .get()!;
    return loaded === collections.length;
  }

  async until(done: () => boolean, what = ""): Promise<void> {
    for (const end = Date.now() + REAL_MS_MAX; !done();) {
      if (Date.now() > end)
        throw new Error(`not reached: ${what} ${JSON.stringify(this.downlink?.status())} ${JSON.stringify(this.logged.slice(-5))}`);
      await sleep(4);
    }
  }

  readonly isLoaded = (): boolean => this.isAtEnd();
  readonly digest = (): string => digestDocuments(this.store).sha256;

  async close(): Promise<void> {
    await this.stop();
    this.store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
