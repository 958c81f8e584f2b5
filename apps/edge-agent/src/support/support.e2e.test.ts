import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askAgent } from "../control/ask-agent.ts";
import { handedAnswerSchema, setAsideRowSchema } from "../window-api/set-aside.ts";
import { bundleAnswerSchema, doctorAnswerSchema } from "../window-api/care.ts";

const AGENT = fileURLToPath(new URL("../../bin/edge-agent.mjs", import.meta.url));
const CLOUD = fileURLToPath(new URL("../../../cloud-sync/bin/cloud-sync.mjs", import.meta.url));
const base = mkdtempSync(join(tmpdir(), "tillsync-support-"));
const [data, cloudDir] = [join(base, "agent"), join(base, "cloud")];
const children: ChildProcess[] = [];

async function start(program: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [program, ...args, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, TILLSYNC_LOG_LEVEL: "error" },
  });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return JSON.parse(line) as Record<string, unknown>;
}
const command = async (program: string, ...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await promisify(execFile)(process.execPath, [program, ...args, "--json"])).stdout) as Record<string, unknown>;

beforeAll(async () => {
  await start(AGENT, ["run", "--data", data]);
});
afterAll(async () => {
  await Promise.all(
    children.map(async (child) => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }),
  );
  rmSync(base, { recursive: true, force: true });
});

describe("an agent in a shop that needs help", () => {
  let supportNumber = "";

  it("hands to IT what was set aside, before it even knows head office", async () => {
    const file = join(base, "day.ndjson");
    writeFileSync(file, '{"transactionType":"Unheard"}\n');
    await askAgent(data, "capture", { adapter: "canonical-json", paths: [file] });
    const [item] = setAsideRowSchema.array().parse(await askAgent(data, "set-aside-list", { all: false }));
    const handed = handedAnswerSchema.parse(await askAgent(data, "set-aside-hand-to-it", { ids: [item?.id ?? 0], note: "Till 2" }));
    expect(handed).toMatchObject({ handed: 1, sent: false });
    ({ supportNumber } = handed);
    expect((await askAgent(data, "snapshot", {}))?.setAside).toEqual({ open: 0, handedToIt: 1 });
  });

  it("is examined by a process beside it, once for all who ask", async () => {
    const [one, two] = await Promise.all([askAgent(data, "doctor", {}), askAgent(data, "doctor", {})]);
    expect(doctorAnswerSchema.parse(one).checks).toContainEqual(
      expect.objectContaining({ name: "lock", state: "ok", detail: expect.stringContaining("agent") }),
    );
    expect(two).toEqual(one);
  });

  it("gives the window a bundle, and the command line the same, with what the agent that runs knows", async () => {
    const { fileName, base64 } = bundleAnswerSchema.parse(await askAgent(data, "support-bundle", {}));
    expect(fileName).toMatch(/^tillsync-support-not-enrolled-\d{8}-\d{4}\.zip$/);
    const out = join(base, "bundle.zip");
    expect(await command(AGENT, "support-bundle", "--data", data, "--out", out)).toMatchObject({ file: out });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await expect(command(AGENT, "support-bundle", "--data", data, "--out", out)).rejects.toThrow();
    const secret = readFileSync(join(data, "control.secret"), "utf8").trim();
    for (const zip of [Buffer.from(base64, "base64"), readFileSync(out)]) {
      const files = Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, strFromU8(bytes)]));
      expect(JSON.parse(files["status.json"] ?? "")).toMatchObject({ running: true });
      expect(JSON.parse(files["snapshot.json"] ?? "")).toMatchObject({ apiVersion: 1, setAside: { handedToIt: 1 } });
      expect(files["log.ndjson"]).toContain("the agent runs");
      expect(Object.values(files).join("")).not.toContain(secret);
      expect(Object.values(files).join("")).not.toContain("Unheard");
    }
  });

  it("tells head office once it can, under the number that was read out", async () => {
    const { url } = await start(CLOUD, ["serve", "--data", cloudDir, "--port", "0"]);
    const { code } = await command(CLOUD, "enrol-code", "--store", "s-17", "--terminal", "till-1", "--data", cloudDir);
    await command(AGENT, "enrol", "--data", data, "--cloud", String(url), "--code", String(code));
    let found: unknown[] = [];
    for (let tries = 0; found.length === 0 && tries < 60; tries += 1) {
      await delay(500);
      found = (await command(CLOUD, "support", "list", "--data", cloudDir))["requests"] as unknown[];
    }
    expect(found).toMatchObject([{ number: supportNumber, terminalId: "till-1", storeId: "s-17", note: "Till 2", itemsTotal: 1 }]);
    const again = handedAnswerSchema.parse(await askAgent(data, "set-aside-hand-to-it", { ids: [1], note: "Till 2" }));
    expect(again).toEqual({ supportNumber, handed: 1, sent: true });
    const next = handedAnswerSchema.parse(await askAgent(data, "set-aside-hand-to-it", { ids: [1], note: "And till 3" }));
    expect(next.sent).toBe(true);
  });
});
