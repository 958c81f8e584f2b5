import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gatherCrew, type Crew } from "./crew.ts";

let folder = "";
let lost: string[] = [];
let crew: Crew;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tillsync-crew-"));
  lost = [];
  crew = gatherCrew(folder, (reason) => lost.push(reason));
});
afterEach(async () => {
  await crew.stopAll();
  rmSync(folder, { recursive: true, force: true });
});

function program(source: string): string {
  const path = join(folder, "program.mjs");
  writeFileSync(path, source);
  return path;
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const readPid = (line: string): number | undefined => (line.startsWith("pid ") ? Number(line.slice(4)) : undefined);
const FOREVER = "console.log('hello'); console.log('pid ' + process.pid); setInterval(() => {}, 1000);";

describe("the crew", () => {
  it("gives a command's output, and its last words when it fails", async () => {
    expect(await crew.run("ok", program("console.log(process.argv[2])"), ["a b"])).toBe("a b\n");
    await expect(crew.run("bad", program("console.error('no code'); process.exit(1)"), [])).rejects.toThrow(
      /bad failed \(exit 1\)\nno code/,
    );
    expect(readFileSync(join(folder, "logs", "bad.log"), "utf8")).toBe("no code\n");
    expect(lost).toEqual([]);
  });

  it("waits for a service's first good line, and stops it at the end", async () => {
    const pid = await crew.start("till", program(FOREVER), []).firstLine(readPid, 10_000);
    expect(isAlive(pid)).toBe(true);
    await crew.stopAll();
    expect(isAlive(pid)).toBe(false);
    expect(lost).toEqual([]);
    await expect(crew.run("late", program(""), [])).rejects.toThrow("stopping");
  });

  it("says when a service ends by itself", async () => {
    const service = crew.start("till", program("process.exit(3)"), []);
    await expect(service.firstLine(readPid, 10_000)).rejects.toThrow("till ended before it was ready (exit 3)");
    expect(lost).toEqual([expect.stringContaining("till ended (exit 3)")]);
  });

  it("gives up on a service that never gets ready", async () => {
    await expect(crew.start("till", program("setInterval(() => {}, 1000)"), []).firstLine(readPid, 300)).rejects.toThrow("not ready");
  });
});
