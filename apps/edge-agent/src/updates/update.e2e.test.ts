import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { poslogDay } from "../core/testing/poslog-day.ts";
import type { AgentStatus } from "../health/status.ts";
import type { Applied } from "./apply/apply-update.ts";
import { armedFile } from "./stage/staged-folder.ts";
import type { UpdatesStatus } from "./start-updates.ts";
import { bundleOnce, layRelease, packRelease } from "./testing/built-releases.ts";
import { madeRelease, madeRoot, makeSigners, publish, signedRoot } from "./testing/made-releases.ts";

const keys = makeSigners(3);
const rootText = signedRoot(madeRoot(keys), keys);
const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

let base: string;
const at = (...names: string[]): string => join(base, ...names);

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "tillsync-update-"));
  await bundleOnce(at("bundle"));
  for (const folder of ["data", "drop", "state", "install/releases", "build"]) mkdirSync(at(folder), { recursive: true, mode: 0o755 });
  layRelease(at("bundle"), at("install", "releases", "0.1.0"), "0.1.0", rootText);
  symlinkSync("releases/0.1.0", at("install", "current"));
  const source = { name: "pos", kind: "folder", path: at("drop"), adapter: "poslog", rescanMs: 200, quietMs: 100, patienceMs: 400 };
  const updates = { folder: at("place"), stateFolder: at("state") };
  writeFileSync(at("data", "config.json"), JSON.stringify({ sources: [source], ballastBytes: 0, updates, trading: { weekly: closed } }));
  execFileSync("chmod", ["700", at("data")]);
  writeFileSync(at("restart"), restartScript(), { mode: 0o755 });
  execFileSync(at("restart"));
});
afterAll(() => {
  execFileSync("/bin/sh", ["-c", stopScript()]);
  rmSync(base, { recursive: true, force: true });
});

/** What systemd is to a real install: ends the agent that runs, starts the one that is in place. */
const stopScript = (): string => `
pid=$(cat ${at("data", "lock.pid")} 2>/dev/null || true)
if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; for i in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done; fi`;
const restartScript = (): string => `#!/bin/sh${stopScript()}
setsid ${at("install", "current", "bin", "edge-agent")} run --data ${at("data")} >>${at("log")} 2>&1 </dev/null &
`;

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the command prints
async function command<T>(
  args: readonly string[],
  version = readlinkSync(at("install", "current")),
): Promise<{ code: number; document: T }> {
  const program = at("install", version, "bin", "edge-agent");
  const child = spawn(program, [...args, "--data", at("data"), "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += String(chunk)));
  const [code] = (await once(child, "close")) as [number];
  return { code, document: JSON.parse(text) as T };
}
const updates = async (action: string): Promise<UpdatesStatus> => (await command<UpdatesStatus>(["updates", action])).document;
const JOB = (): string[] => [
  "--state",
  at("state"),
  "--releases",
  at("install"),
  "--restart",
  at("restart"),
  "--deadline",
  "60",
  "--soak",
  "1",
];
const job = (...flags: string[]) => command<Applied & { error?: { code: string } }>(["updates", "apply", ...JOB(), ...flags]);

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    if (await condition().catch(() => false)) return;
    await delay(100);
  }
  throw new Error(`${what} did not come to pass; the agent's log:\n${readFileSync(at("log"), "utf8").slice(-3_000)}`);
}
const captured = async (n: number): Promise<void> =>
  until(`${n} sales`, async () => {
    const { document } = await command<AgentStatus>(["status"]);
    return document.running && document.captured.transactions === n;
  });

function sell(name: string, sales: number): void {
  const day = poslogDay({ sales, workstation: name });
  writeFileSync(at("drop", `till-${name}.xml`), day.opening + day.records.join("") + day.closing);
}

/** Publishes a version: this repository's agent, or one that does not even start. */
function offer(version: string, works: boolean): void {
  layRelease(at("bundle"), at("build", version), version, rootText);
  if (!works) writeFileSync(at("build", version, "bin", "edge-agent"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  release(version, packRelease(at("build", version)));
}

function release(version: string, bytes: Uint8Array): void {
  const now = Date.now();
  const dates = { releasedAt: new Date(now - 60_000).toISOString(), expires: new Date(now + 86_400_000).toISOString() };
  const made = madeRelease(version, bytes, { ...dates, platform: process.platform as "linux", arch: process.arch as "x64" });
  publish(at("place"), made, bytes, keys);
}

it("replaces a running agent, takes a bad version back with or without itself, and no sale is lost or doubled", async () => {
  // A closed shop, and nothing under way: the agent gives its word, and the job needs no more than that.
  await captured(0);
  offer("0.2.0", true);
  await until("it is armed", async () => (await updates("check")).state.phase.kind === "armed");
  const good = await job();
  expect([good.code, good.document]).toEqual([0, { kind: "committed", version: "0.2.0" }]);
  expect(readlinkSync(at("install", "current"))).toBe("releases/0.2.0");
  sell("1", 30);
  await captured(30);
  expect(await updates("status")).toMatchObject({ version: "0.2.0", state: { phase: { kind: "none" }, last: { ending: "committed" } } });

  // One that does not start, and the job itself is killed on the way: only the script is left, and it is enough.
  offer("0.3.0", false);
  const staged = await updates("check");
  expect([staged.state.phase.kind, staged.vetoes]).toEqual(["staged", expect.arrayContaining(["sale"])]);
  // Something was sold a moment ago. A technician may all the same.
  expect((await job()).document).toEqual({ kind: "nothing" });
  const killed = spawn(
    at("install", "releases/0.2.0", "bin", "edge-agent"),
    ["updates", "apply", "--data", at("data"), ...JOB(), "--now"],
    {
      stdio: "ignore",
    },
  );
  await until("it is in place", async () => readlinkSync(at("install", "current")) === "releases/0.3.0");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  execFileSync("/bin/sh", [at("state", "revert.sh")], { stdio: "ignore" });
  expect(readlinkSync(at("install", "current"))).toBe("releases/0.2.0");
  expect((await job()).document).toMatchObject({ kind: "reverted", version: "0.3.0" });
  sell("3", 5);
  await captured(35);
  await until("the reversal is heard", async () => (await updates("status")).state.last?.ending === "reverted");
  expect((await updates("check")).state).toMatchObject({ phase: { kind: "none" }, check: { code: "update.refused" } });

  // A staged folder that somebody touched is refused, and the agent goes on.
  release("0.4.0", Buffer.from("never unpacked"));
  await updates("check");
  writeFileSync(at("data", "updates", "staged", "extra"), "");
  expect((await job("--now")).document.error?.code).toBe("update.tampered");
  const { document } = await command<{ ok: boolean; entries: number }>(["verify"]);
  expect(document).toMatchObject({ ok: true, entries: 35 });
  expect(readFileSync(at("state", "outcome.json"), "utf8")).toContain('"reverted"');
  expect(() => readFileSync(armedFile(at("data")))).toThrow("ENOENT");
});
