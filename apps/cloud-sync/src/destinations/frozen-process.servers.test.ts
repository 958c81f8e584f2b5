import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "../db/sql.ts";
import { openExternalDatabase, TEST_PG_URL, type ExternalDatabase } from "../db/testing/open-external-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal } from "../transactions/testing/append-drafts.ts";
import { addDestination } from "./destination.ts";
import { deliveredTotal } from "./destination-name.ts";
import type { DispatchProcessInput, Told } from "./testing/dispatch-process.ts";
import { startHttpReceiver, type HttpReceiver } from "./testing/http-receiver.ts";
import { fileOf, testSeal } from "./testing/run-dispatcher.ts";
import { mixedKeys, sale, sell } from "./testing/sell.ts";

const PROGRAM = fileURLToPath(new URL("testing/dispatch-process.ts", import.meta.url));
/** The shortest that a destination may have: a lease lasts this and ten seconds. */
const SEND_MS = 1_000;
const KEYS = 20;
const PER_KEY = 3;
const ANSWERED_LATE = ["asks", "sends"];
/** Its process is frozen in the middle of a write, with its locks. */
const IN_A_WRITE = "writes";
const FENCED = [...ANSWERED_LATE, IN_A_WRITE];
/** Negative control: the process that has these goes by no lease. */
const UNFENCED = ["asks-unfenced", "sends-unfenced"];
const ALL = [...FENCED, ...UNFENCED];
/** Less than the minute for which the database otherwise leaves a transaction open. */
const WAIT_MAX_MS = 40_000;

interface Process {
  readonly child: ChildProcess;
  readonly told: Told[];
}

async function waitFor(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + WAIT_MAX_MS; !(await done());) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await systemPorts.sleep(20);
  }
}

describe.skipIf(TEST_PG_URL === undefined)("a process that is frozen over its leases (skipped: no TEST_PG_URL)", () => {
  let external: ExternalDatabase;
  let receiver: HttpReceiver;
  const started: Process[] = [];
  let lock: Awaited<ReturnType<typeof lockTotal>> | undefined;
  /** How many requests, and which cursors, there were before the frozen one went on. */
  let before: { requests: number; cursors: Record<string, number> };
  /** What became of the first write for each destination that began after that. */
  const lateWrites = new Map<string, Told["event"]>();

  function start(owner: string, destinations: string[], fencing = true): Process {
    const urls = { databaseUrl: external.url, receiverUrl: receiver.url };
    const input: DispatchProcessInput = { ...urls, owner, destinations, fencing, sendMs: SEND_MS };
    const args = ["--conditions=tillsync-source", "--disable-warning=ExperimentalWarning", PROGRAM, JSON.stringify(input)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const told: Told[] = [];
    createInterface(child.stdout).on("line", (line) => void told.push(JSON.parse(line) as Told));
    const begun = { child, told };
    started.push(begun);
    return begun;
  }

  /** A write of before the freeze may end after it: its place in the database is before. */
  function noteLateWrites(told: readonly Told[], from: number): void {
    for (const { destination, write } of told.slice(from).filter(({ event }) => event === "begins")) {
      const end = told.find((one) => one.destination === destination && one.write === write && one.event !== "begins");
      if (end !== undefined && !lateWrites.has(destination)) lateWrites.set(destination, end.event);
    }
  }

  async function deliveredOf(destination: string): Promise<number> {
    const rows = await external.db.query<{ count: number }>(sql`
      SELECT count(*) AS count FROM receipt WHERE destination = ${destination} AND outcome = 'delivered'`);
    return rows[0]?.count ?? 0;
  }
  const allDelivered = async (destinations: readonly string[], count: number): Promise<boolean> =>
    (await Promise.all(destinations.map(deliveredOf))).every((delivered) => delivered === count);

  async function cursors(): Promise<Record<string, number>> {
    const rows = await external.db.query<{ subscriber: string; pos: number }>(sql`SELECT subscriber, pos FROM subscriber_cursor`);
    return Object.fromEntries(rows.map(({ subscriber, pos }) => [subscriber.replace("destination:", ""), pos]));
  }

  /**
   * A process has two destinations and is stopped where their receivers withhold their answers: at the one between question
   * and sending, at the other in the middle of a send that has taken effect. Another one takes over once the leases have
   * run out, and brings everything to its end. Then the first goes on, and gets its answers. A third is stopped in the
   * middle of a write.
   */
  beforeAll(async () => {
    external = await openExternalDatabase();
    receiver = await startHttpReceiver();
    await addTerminal(external.db, "till-1");
    for (const name of ALL) await addDestination(external.db, fileOf({ name }), testSeal, 1);
    await sell(external.db, mixedKeys(KEYS, PER_KEY));
    const points = [...ANSWERED_LATE, ...UNFENCED].map((destination) =>
      receiver.holdFrom({
        destination,
        from: ANSWERED_LATE.includes(destination) ? "one" : "careless",
        what: destination.startsWith("asks") ? "look-up" : "send",
        nth: 10,
      }),
    );
    lock = await lockTotal(external, IN_A_WRITE);
    const { pid } = lock;
    const one = start("one", ANSWERED_LATE);
    const writing = start("writing", [IN_A_WRITE]);
    const careless = start("careless", UNFENCED, false);
    await Promise.all(points);
    await waitFor("a write that waits", async () => (await backends(external, pid)).some(({ waits }) => waits));
    await freezeBetweenWrites(external, [one.child, careless.child, writing.child], pid);
    await lock.release();
    await waitFor("the middle of a write", async () =>
      (await backends(external, pid)).some(({ state }) => state === "idle in transaction"),
    );
    start("two", ALL);
    await waitFor("the second process", () => allDelivered(ALL, KEYS * PER_KEY));
    before = { requests: receiver.requests.length, cursors: await cursors() };
    const frozen = [one, writing, careless].map((process) => ({ ...process, from: process.told.length }));
    for (const { child } of frozen) child.kill("SIGCONT");
    receiver.release();
    await waitFor("the late writes", () => {
      for (const { told, from } of frozen) noteLateWrites(told, from);
      return lateWrites.size === ALL.length;
    });
  });
  afterAll(async () => {
    for (const { child } of started) await kill(child);
    await lock?.release();
    await receiver.close();
    await external.drop();
  });

  test("sends and records nothing more of theirs: nothing is doubled, nothing lost, every key in order; then both go on", async () => {
    expect(FENCED.map((name) => lateWrites.get(name))).toEqual(FENCED.map(() => "lost"));
    const isFenced = ({ destination }: { destination: string }): boolean => FENCED.includes(destination);
    expect(receiver.requests.slice(before.requests).filter((request) => isFenced(request) && request.what === "send")).toEqual([]);
    const now = await cursors();
    for (const name of FENCED) expect(now[name]).toBe(before.cursors[name]);
    await sell(external.db, [sale("after-1"), sale("after-2")]);
    const all = KEYS * PER_KEY + 2;
    await waitFor("what was sold afterwards", () => allDelivered(FENCED, all));
    const sent = [...receiver.effects.values()].filter(([first]) => first !== undefined && isFenced(first));
    expect(sent.map((times) => times.length)).toEqual(Array.from({ length: FENCED.length * all }, () => 1));
    // Both had their part: the frozen one's sends before the freeze count, the other one did not repeat them.
    expect(new Set(sent.flatMap((times) => times.map(({ from }) => from)))).toEqual(new Set(["one", "writing", "two"]));
    expect(keysOutOfOrder(sent.flat())).toEqual([]);
    expect(await external.db.query(sql`SELECT id FROM delivery WHERE destination = ANY(${FENCED}::text[])`)).toEqual([]);
  });

  test("negative control: without fencing it doubles what the other one has sent, and writes over it", async () => {
    expect(UNFENCED.map((name) => lateWrites.get(name))).toEqual(["wrote", "wrote"]);
    await waitFor("a double", () => receiver.doubled().some((key) => key.startsWith("asks-unfenced")));
  });
});

/** Keys of which some destination got items in another order than the log's. */
function keysOutOfOrder(sent: HttpReceiver["requests"]): string[] {
  const latest = new Map<string, number>();
  return sent.flatMap(({ destination, orderingKey, tpos }) => {
    const key = `${destination} ${orderingKey}`;
    const former = latest.get(key) ?? 0;
    latest.set(key, tpos);
    return tpos < former ? [key] : [];
  });
}

interface Backend {
  readonly state: string;
  /** For another's lock. */
  readonly waits: boolean;
}

/** What the database does for others than us and the process with this id. */
const backends = ({ db }: ExternalDatabase, except: number): Promise<Backend[]> =>
  db.query(sql`
    SELECT state, coalesce(wait_event_type = 'Lock', false) AS waits FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ${except} AND state IS NOT NULL`);

/** Holds the running total of a destination: whoever records an arrival there waits, in the middle of the write. */
async function lockTotal({ db }: ExternalDatabase, destination: string): Promise<{ pid: number; release(): Promise<void> }> {
  const name = deliveredTotal(destination);
  await db.query(sql`INSERT INTO running_total (shard, name, value) VALUES ('main', ${name}, 0)`);
  const locked = Promise.withResolvers<number>();
  const over = Promise.withResolvers<void>();
  const held = db.transaction(async (tx) => {
    await tx.query(sql`SELECT value FROM running_total WHERE name = ${name} FOR UPDATE`);
    const rows = await tx.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
    locked.resolve(rows[0]?.pid ?? 0);
    await over.promise;
  });
  return {
    pid: await locked.promise,
    release: async () => {
      over.resolve();
      await held;
    },
  };
}

/** Stops processes while they have no transaction open, but for the one that waits for a lock in the middle of its write. */
async function freezeBetweenWrites(external: ExternalDatabase, children: readonly ChildProcess[], except: number): Promise<void> {
  await waitFor("a moment between two writes", async () => {
    for (const child of children) child.kill("SIGSTOP");
    const open = (await backends(external, except)).filter(({ state, waits }) => state !== "idle" && !waits);
    if (open.length > 0) for (const child of children) child.kill("SIGCONT");
    return open.length === 0;
  });
}

/** Also one that is stopped. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
