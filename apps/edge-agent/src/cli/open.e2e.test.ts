import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const BIN = fileURLToPath(new URL("../../bin/edge-agent.mjs", import.meta.url));

describe.skipIf(process.platform !== "linux")("edge-agent at the doors, as people use it", () => {
  let base: string;
  let data: string;
  let staff: string;
  let agent: ChildProcess;
  const begin = (args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
    spawn(process.execPath, [BIN, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const run = async (args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string; err: string }> => {
    const child = begin(args, env);
    let [out, err] = ["", ""];
    child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    return { code, out, err };
  };

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "tillsync-open-"));
    [data, staff] = [join(base, "data"), join(base, "staff")];
    mkdirSync(staff, { mode: 0o750 });
    mkdirSync(join(base, "window"));
    mkdirSync(join(base, "bin"));
    writeFileSync(join(base, "window", "index.html"), "<!doctype html><title>the window</title>");
    agent = begin(["run", "--data", data, "--staff-door", staff, "--json"]);
    await once(agent.stdout ?? agent, "data");
  });
  afterAll(async () => {
    agent.kill("SIGTERM");
    await once(agent, "close");
    rmSync(base, { recursive: true, force: true });
  });

  it("starts the person's browser on a page that only the person can read; no program's arguments hold the link", async () => {
    const [noted, copied] = [join(base, "noted"), join(base, "copied")];
    const browser = join(base, "bin", "xdg-open");
    writeFileSync(browser, `#!/bin/sh\nstat -c %a "$1" > "${noted}.mode"\ncp "$1" "${copied}"\nprintf %s "$1" > "${noted}"\n`);
    chmodSync(browser, 0o755);
    const child = begin(["open", "--data", staff, "--window", join(base, "window")], {
      PATH: `${join(base, "bin")}:${process.env["PATH"] ?? ""}`,
      XDG_RUNTIME_DIR: base,
    });
    await expect.poll(() => existsSync(noted), { timeout: 20_000 }).toBe(true);
    const page = readFileSync(noted, "utf8");
    const link = /url=(http:\/\/127\.0\.0\.1:\d+\/open\/([\w-]{43}))"/.exec(readFileSync(copied, "utf8"));
    expect([readFileSync(`${noted}.mode`, "utf8").trim(), existsSync(page)]).toEqual(["600", true]);
    expect(readFileSync(`/proc/${child.pid}/cmdline`, "utf8") + page).not.toContain(link?.[2]);
    expect((await fetch(link?.[1] ?? "", { redirect: "manual" })).status).toBe(303);
    await expect.poll(() => existsSync(page), { timeout: 10_000 }).toBe(false);
    expect((await fetch(link?.[1] ?? "", { redirect: "manual" })).status).toBe(410);
    child.kill("SIGINT");
    expect((await once(child, "close"))[0]).toBe(0);
    await expect(fetch(link?.[1] ?? "")).rejects.toThrow("fetch failed");
  });

  it("prints the link for who has no browser here, and tells what is missing otherwise", async () => {
    const child = begin(["open", "--data", data, "--window", join(base, "window"), "--print"]);
    const [said] = (await once(child.stdout ?? child, "data")) as [Buffer];
    expect(said.toString()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\/[\w-]{43}\n/);
    child.kill("SIGTERM");
    await once(child, "close");
    for (const [args, env, code] of [
      [["--data", join(base, "none")], {}, "data.not-found"],
      [["--data", staff, "--window", base], {}, "window.not-built"],
      [["--data", staff, "--window", join(base, "window")], { PATH: base }, "window.no-browser"],
    ] as const) {
      const ended = await run(["open", ...args], env);
      expect([ended.code, ended.err]).toEqual([1, expect.stringContaining(code)]);
    }
  });

  it("asks at the staff's door what staff may, and says so where they may not", async () => {
    const [status, doctor, list, capture] = await Promise.all([
      run(["status", "--data", staff]),
      run(["doctor", "--data", staff, "--json"]),
      run(["set-aside", "list", "--data", staff]),
      run(["redemptions", "list", "--data", staff]),
    ]);
    expect(status.out).toMatch(/^Terminal {3}not enrolled; agent running\nState {6}\w+/);
    expect(JSON.parse(doctor.out)).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: "folder", state: "ok", detail: data })]),
    });
    expect(list.out).toBe("nothing is set aside\n");
    expect([capture.code, capture.err]).toEqual([1, expect.stringContaining("door.forbidden")]);
  });
});
