import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askAgent } from "../control/ask-agent.ts";
import { TRAY_RULES, type TrayState } from "../window-api/tray-state.ts";
import { madeRelease, madeRoot, makeSigners, publish, signedRoot } from "../updates/testing/made-releases.ts";
import { poslogDay } from "./testing/poslog-day.ts";
import { openRealShop, writeConfig, type RealShop } from "./testing/real-shop.ts";
import { falselyGreen, sampleTray, stateOf, type TraySamples } from "./testing/tray-samples.ts";

const SOURCE = { name: "pos", kind: "folder", adapter: "poslog", pattern: "*.xml", rescanMs: 300, quietMs: 50, patienceMs: 1_000 };
const BALLAST_BYTES = 2 * 1024 * 1024;
/** An update is fetched only where 256 MiB are free beside it. */
const DISK_MB = 320;
/** A till waits for up to a minute before it asks a cloud again that was long away. */
const BECOMES_MS = 90_000;

const signers = makeSigners(2);
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

let shop: RealShop;
let tray: TraySamples;
let ownDisk: string | undefined;
let files = 0;
let sold = 0;

const asRoot = (program: "mount" | "umount", ...args: string[]): unknown => execFileSync(program, args, { stdio: "ignore" });

/** A disk of its own, so that it can be filled. Only root may have one; without it the disk is not filled here. */
function smallDisk(base: string): string {
  const folder = join(base, "till-1");
  mkdirSync(folder, { mode: 0o700 });
  try {
    asRoot("mount", "-t", "tmpfs", "-o", `size=${DISK_MB}m,mode=700`, "tmpfs", folder);
    ownDisk = folder;
  } catch {
    ownDisk = undefined;
  }
  return folder;
}
const mayMount = process.platform === "linux" && process.getuid?.() === 0;

/** `change` is of the one source. */
function configure(change: object): void {
  const updates = { folder: join(shop.base, "updates"), stateFolder: join(shop.base, "update-state") };
  const help = { name: "Service desk", phone: "+49 30 1234" };
  writeConfig(shop.data, { sources: [{ ...SOURCE, path: shop.pos, ...change }], ballastBytes: BALLAST_BYTES, help, updates });
}

/** The POS writes a file of receipts that nobody has seen. */
function sell(sales = 1): void {
  files += 1;
  const day = poslogDay({ sales, workstation: String(files) });
  writeFileSync(join(shop.pos, `till-${files}.xml`), day.opening + day.records.join("") + day.closing);
  sold += sales;
}

/** While the line is in our hands the cloud cannot have what is sold now. */
async function sellOutOfReach(sales: number, work: () => Promise<void>): Promise<void> {
  sell(sales);
  const mark = { soldAtMs: performance.now(), toMs: Number.POSITIVE_INFINITY };
  tray.outOfReach.push(mark);
  await work();
  mark.toMs = performance.now();
}

const show = (state: TrayState): string => (state.kind === "attention" ? state.code : state.kind);

/** Resolves with the first state from now on that is so; what came before is in the error. */
async function becomes(wanted: string, deadlineMs = BECOMES_MS): Promise<TrayState> {
  const from = tray.all.length;
  const until = performance.now() + deadlineMs;
  for (let at = from; performance.now() < until;) {
    const sample = tray.all[at];
    if (sample === undefined) {
      await delay(20);
      continue;
    }
    at += 1;
    if (show(stateOf(sample)) === wanted) return stateOf(sample);
  }
  const seen = [...new Set(tray.all.slice(from).map((sample) => show(stateOf(sample))))];
  throw new Error(`never ${wanted}, but ${seen.join(", ")}; last ${JSON.stringify(tray.all.at(-1)?.snapshot)}`);
}

const history = async () => (await askAgent(shop.data, "line-history", { limit: 50 }))?.rows ?? [];
const inCloud = async (): Promise<number> => (await shop.cloud<{ transactions: { count: number } }>("status")).transactions.count;

beforeAll(async () => {
  const root = { ...madeRoot(signers), expires: inDays(300) };
  shop = await openRealShop(mayMount ? smallDisk : (base) => join(base, "till-1"), signedRoot(root, signers));
  if (!mayMount) mkdirSync(shop.data, { mode: 0o700 });
  configure({});
  await shop.startCloud();
  await shop.startAgent();
  tray = sampleTray(shop.data);
}, 120_000);
afterAll(async () => {
  await tray?.stop();
  await shop?.endAgent("SIGKILL");
  if (ownDisk !== undefined) asRoot("umount", ownDisk);
  await shop?.close();
});

describe("the tray of a real shop, from its first minute on", { timeout: 240_000 }, () => {
  it("asks for a person until the terminal is enrolled, and is safe once everything is there", async () => {
    sell(3);
    expect(await becomes("enrol.required")).toMatchObject({ help: { name: "Service desk", phone: "+49 30 1234" } });
    await shop.enrol();
    await becomes("safe");
    expect(await inCloud()).toBe(sold);
  });

  it("is offline while the line is cut, and counts what is kept", async () => {
    shop.line.mode("cut");
    await sellOutOfReach(2, async () => {
      expect(await becomes("offline")).toMatchObject({ kept: expect.any(Number) });
      await delay(500);
      expect(stateOf(tray.all.at(-1)!)).toMatchObject({ kind: "offline", kept: 2 });
    });
    shop.line.mode("through");
    await becomes("safe");
  });

  it("is offline while the cloud is dead", async () => {
    await shop.endCloud("SIGKILL");
    await sellOutOfReach(1, async () => void (await becomes("offline")));
    await shop.startCloud();
    await becomes("safe");
    expect(await inCloud()).toBe(sold);
  });

  it("asks for a person where a network answers everything with its own page", async () => {
    shop.line.mode("portal");
    await sellOutOfReach(1, async () => void (await becomes("wire.sign-in")));
    shop.line.mode("through");
    await becomes("safe");
  });

  it("asks for a person where the clock is wrong, also in the middle of the day", async () => {
    shop.agent().kill("SIGUSR2");
    await becomes("clock.wrong");
    sell(1);
    while (!(await history()).some(({ event }) => event === "clock")) await delay(100);
    shop.agent().kill("SIGUSR2");
    await becomes("safe");
  });

  it("asks for a person where a source is gone or its adapter is set up wrongly, and while something is set aside", async () => {
    configure({ adapterConfig: { timeZone: "Nowhere/Else" } });
    shop.agent().kill("SIGHUP");
    await sellOutOfReach(1, async () => void (await becomes("adapter.config-invalid")));
    configure({});
    shop.agent().kill("SIGHUP");
    await becomes("safe");
    renameSync(shop.pos, `${shop.pos}-away`);
    await becomes("source.not-found");
    renameSync(`${shop.pos}-away`, shop.pos);
    await becomes("safe");
    const file = join(shop.pos, "empty.xml");
    writeFileSync(file, "");
    await becomes("capture.set-aside");
    rmSync(file);
    const [item] = (await askAgent(shop.data, "set-aside-list", { all: false })) ?? [];
    const day = poslogDay({ sales: 1, workstation: "empty" });
    writeFileSync(file, day.opening + day.records.join("") + day.closing);
    sold += 1;
    expect(item).toMatchObject({ code: "source.empty" });
    await becomes("safe");
  });

  it("asks for a person while reading is paused, and reads what came meanwhile", async () => {
    await askAgent(shop.data, "pause", { forMs: 600_000, reason: "till swap" });
    await sellOutOfReach(1, async () => {
      await becomes("source.paused");
      await shop.endAgent("SIGTERM");
      await shop.startAgent();
      await becomes("source.paused");
    });
    await askAgent(shop.data, "resume", {});
    await becomes("safe");
  });

  it.skipIf(!mayMount)(
    "asks for a person when the disk is full (needs root), takes no sale half, and goes on when there is room",
    async () => {
      const filler = join(shop.data, "filler");
      try {
        writeFileSync(filler, Buffer.alloc(DISK_MB * 1024 * 1024));
      } catch (error) {
        expect(error).toMatchObject({ code: "ENOSPC" });
      }
      await sellOutOfReach(400, async () => void (await becomes("store.disk-full")));
      rmSync(filler);
      await becomes("safe");
      expect(await inCloud()).toBe(sold);
    },
  );

  it("says that an update waits, once it is proven and everything else is safe", async () => {
    const bytes = Buffer.from("a package that is not put in place here");
    const { platform, arch } = process;
    const file = { ...madeRelease("99.0.0", bytes).file, name: `tillsync-agent-99.0.0-${platform}-${arch}.tar.gz` };
    const release = madeRelease("99.0.0", bytes, { platform, arch, file, releasedAt: inDays(-1), expires: inDays(200) } as object);
    publish(join(shop.base, "updates"), release, bytes, signers);
    const checked = await askAgent(shop.data, "updates-check", {});
    expect(checked?.state).toMatchObject({ check: { code: null } });
    expect(await becomes("update")).toMatchObject({ version: "99.0.0" });
    shop.line.mode("cut");
    await sellOutOfReach(1, async () => void (await becomes("offline")));
    shop.line.mode("through");
    await becomes("update");
    await askAgent(shop.data, "updates-decline", {});
    await becomes("safe");
  });

  it("asks for a person where a proxy wants a password", async () => {
    const proxy = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"));
    });
    await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
    const path = join(shop.data, "enrolment.json");
    const enrolment = readFileSync(path, "utf8");
    await shop.endAgent("SIGTERM");
    writeFileSync(path, enrolment.replace(shop.line.url, "https://cloud.example"));
    await shop.startAgent({ HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
    await sellOutOfReach(1, async () => void (await becomes("wire.proxy-refused")));
    await shop.endAgent("SIGTERM");
    writeFileSync(path, enrolment);
    proxy.close();
    await shop.startAgent();
    await becomes("safe");
  });

  it("says that nobody answers when the agent is killed, and tells of it afterwards", async () => {
    await shop.endAgent("SIGKILL");
    await sellOutOfReach(1, async () => void (await becomes("agent.not-answering")));
    await shop.startAgent();
    await becomes("safe");
    expect((await history()).map(({ event }) => event)).toContain("died");
  });

  it("tells the truth through a sleep, a clock that jumps and a death in the middle of an upload, and nothing doubles", async () => {
    shop.line.mode("slow");
    sell(1_500);
    await becomes("sending");
    while (shop.line.upBytes() < 10_000) await delay(20);
    shop.agent().kill("SIGSTOP");
    await becomes("agent.not-answering");
    await delay(4_500);
    shop.agent().kill("SIGUSR2");
    shop.agent().kill("SIGCONT");
    await becomes("clock.wrong");
    shop.agent().kill("SIGUSR2");
    await becomes("sending");
    await shop.endAgent("SIGKILL");
    await shop.startAgent();
    await becomes("sending");
    shop.line.mode("through");
    await becomes("safe");
    expect((await history()).find(({ event }) => event === "woke")?.lastedMs).toBeGreaterThan(5_000);
    expect(await inCloud()).toBe(sold);
  });
});

describe("over all that happened", () => {
  it("was never green while a receipt was beyond the cloud's reach; a tray that forgets would have been", () => {
    expect(falselyGreen(tray)).toEqual([]);
    const { offline: _, unsent: __, ...waits } = TRAY_RULES.waits;
    const problems = Object.fromEntries(Object.entries(TRAY_RULES.problems).filter(([name]) => name !== "network"));
    expect(falselyGreen(tray, { ...TRAY_RULES, problems, waits }).length).toBeGreaterThan(0);
    expect(tray.all.length).toBeGreaterThan(100);
  });
});
