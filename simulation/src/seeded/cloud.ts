import { buildApp } from "../../../apps/cloud-sync/src/app.ts";
import { createLogger } from "../../../apps/cloud-sync/src/config/logger.ts";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";
import type { CloudDeps } from "../../../apps/cloud-sync/src/deps.ts";
import { allowPosStores } from "../../../apps/cloud-sync/src/devices/allow-pos-stores.ts";
import { createEnrolCode } from "../../../apps/cloud-sync/src/devices/create-enrol-code.ts";
import { redeemEnrolCode } from "../../../apps/cloud-sync/src/devices/redeem-enrol-code.ts";
import { ensureSettings, type CloudSettings } from "../../../apps/cloud-sync/src/devices/settings.ts";
import { createWake } from "../../../apps/cloud-sync/src/event-log/wake.ts";
import { createJournalQueue } from "../../../apps/cloud-sync/src/ingest/journal-queue.ts";
import { createPressure } from "../../../apps/cloud-sync/src/ingest/pressure.ts";
import { retakeSetAside } from "../../../apps/cloud-sync/src/transactions/retake.ts";
import type { TerminalKeys } from "../../../apps/edge-agent/src/keys/key-files.ts";
import type { RawAnswer } from "../../../apps/edge-agent/src/replicator/answer.ts";
import type { TransportRequest } from "../../../apps/edge-agent/src/replicator/http-transport.ts";
import { assert, enrolRequestSchema, pushAckSchema, PATHS, type StoreId, type TerminalId } from "@tillsync/sync-protocol";
import type { Chance } from "./chance.ts";
import { backUp, dropBackUp, hasBackUp, restore } from "./copy-tables.ts";
import { crashingDatabase, noCrash } from "./crash-points.ts";
import { ignoreForks } from "./ignore-forks.ts";
import { ALLOWED_STORE, FOREIGN_STORE } from "./pos.ts";
import { readHeader } from "./plain-batch.ts";
import { readLog } from "./read-log.ts";
import type { World } from "./world.ts";

export const STORE = "store-1" as StoreId;
const SILENT = createLogger({}, "silent");
const CLEAN = "clean";
const BACKUP = "backup";

/**
 * The real cloud without a port: routes, device proofs, ingest and the transactions subscriber, on a database in memory.
 * It works on one request at a time; requests that overtake each other on the line are the line's doing.
 */
export class Cloud {
  readonly db: Database;
  readonly plan = noCrash();
  readonly chance: Chance;
  settings!: CloudSettings;
  databaseAway = false;
  private readonly world: World;
  private app: ReturnType<typeof buildApp> | undefined;
  private reading = false;
  private serving!: Database;

  private constructor(world: World, db: Database) {
    this.world = world;
    this.db = db;
    this.chance = world.chance.split("cloud");
  }

  /** `db` may have served another world before; nothing of that is left. */
  static async open(world: World, db: Database): Promise<Cloud> {
    const cloud = new Cloud(world, db);
    await dropBackUp(db, BACKUP);
    if (await hasBackUp(db, CLEAN)) await restore(db, CLEAN);
    else await backUp(db, CLEAN);
    cloud.settings = await ensureSettings(db, cloud.chance.bytes);
    cloud.start();
    return cloud;
  }

  get up(): boolean {
    return this.app !== undefined;
  }

  readonly nowMs = (): number => this.world.trueMs();

  start(): void {
    assert(this.app === undefined, "it is down");
    this.plan.crashed = false;
    this.plan.commitsLeft = Number.POSITIVE_INFINITY;
    const away = (): boolean => this.databaseAway;
    const answersBeforeCommit = this.world.weakness === "acknowledge-before-storing";
    this.serving = crashingDatabase(this.db, { plan: this.plan, away, answersBeforeCommit });
    const deps: CloudDeps = {
      db: this.serving,
      wake: createWake(),
      pressure: createPressure(this.nowMs),
      log: SILENT,
      now: this.nowMs,
      randomBytes: this.chance.bytes,
    };
    // Nothing else is in hand while a batch is, so that waiting for a predecessor would be for nothing.
    this.app = buildApp(deps, { settings: this.settings, journals: createJournalQueue(0) });
    this.readSoon();
  }

  /** The process is gone, with whatever it was about to do. */
  async crash(name: string, downMs: number): Promise<void> {
    this.world.trace.fault(this.world.nowMs(), "cloud", name, `${downMs}`);
    const app = this.app;
    this.app = undefined;
    await app?.close();
    this.world.scheduler.after(downMs, () => {
      if (!this.up) this.start();
    });
  }

  async stop(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }

  async enrol(terminal: TerminalId, keys: TerminalKeys): Promise<void> {
    const { db, chance } = this;
    const { code } = await createEnrolCode(db, { terminal, store: STORE, nowMs: this.nowMs(), randomBytes: chance.bytes });
    const keysAndVersion = { identityKey: keys.identity.publicJwk, journalKey: keys.journal.publicJwk, agentVersion: "0.0.0-simulated" };
    await redeemEnrolCode(db, this.settings, enrolRequestSchema.parse({ code: code.replaceAll("-", ""), ...keysAndVersion }), this.nowMs());
    await allowPosStores(db, STORE, [ALLOWED_STORE]);
  }

  /** Answers a request; undefined when the process is not there or dies over it. */
  async handle(request: TransportRequest): Promise<RawAnswer | undefined> {
    if (this.app === undefined) return undefined;
    const payload = typeof request.body === "string" ? request.body : Buffer.from(request.body);
    const answer = await this.app.inject({ method: "POST", url: request.path, headers: request.headers, payload });
    if (this.plan.crashed) {
      await this.crash("cloud-crash-at-commit", this.chance.between(1_000, 120_000));
      return undefined;
    }
    const raw: RawAnswer = { status: answer.statusCode, headers: answer.headers as RawAnswer["headers"], bytes: answer.rawPayload };
    if (request.path === PATHS.entries && raw.status === 200) {
      this.readSoon();
      await this.checkStored(request, raw);
    }
    return this.world.weakness === "fork-ignored" ? ignoreForks(request, raw) : raw;
  }

  /** Runs the read model to the end of the log, soon. */
  readSoon(): void {
    if (this.reading) return;
    this.reading = true;
    this.world.scheduler.after(this.chance.between(20, 3_000), async () => {
      this.reading = false;
      if (!this.up) return;
      const again = await readLog(this.world, this.serving, this.plan);
      if (this.plan.crashed) await this.crash("cloud-crash-at-commit", this.chance.between(1_000, 60_000));
      else if (again) this.readSoon();
    });
  }

  async takeBackUp(): Promise<void> {
    await backUp(this.db, BACKUP);
    this.world.trace.note(this.world.nowMs(), "cloud", "backup");
  }

  async restoreBackUp(): Promise<void> {
    if (!(await hasBackUp(this.db, BACKUP))) return;
    await this.crash("cloud-restored", this.chance.between(10_000, 300_000));
    await restore(this.db, BACKUP);
    this.world.restores.cloud += 1;
  }

  /** What was refused for its POS store is allowed from now on, and taken up. */
  async allowForeignStore(): Promise<void> {
    await allowPosStores(this.db, STORE, [ALLOWED_STORE, FOREIGN_STORE]);
    const retaken = await retakeSetAside(this.db, this.nowMs);
    this.world.trace.note(this.world.nowMs(), "cloud", `retaken ${retaken.takenUp} open ${retaken.stillOpen}`);
  }

  /** "Stores, then acknowledges": what an answer claims is in the database now. */
  private async checkStored(request: TransportRequest, raw: RawAnswer): Promise<void> {
    const ack = pushAckSchema.parse(JSON.parse(Buffer.from(raw.bytes).toString()));
    const { terminal, epoch } = readHeader(request);
    const rows = await this.db.query<{ seq: number; hash: string }>(sql`
      SELECT seq, encode(hash, 'hex') AS hash FROM journal WHERE terminal_id = ${terminal} AND epoch = ${epoch}`);
    const held = rows[0] ?? { seq: 0, hash: "" };
    if ((ack.outcome === "stored" || ack.outcome === "duplicate") && (held.seq !== ack.head.seq || held.hash !== ack.head.hash))
      this.world.violate(`acknowledged ${terminal} epoch ${epoch} to ${ack.head.seq}, stored to ${held.seq}`);
    this.world.trace.note(this.world.nowMs(), "cloud", `${terminal}#${epoch} ${ack.outcome} ${ack.head.seq} ${ack.head.hash}`);
  }
}
