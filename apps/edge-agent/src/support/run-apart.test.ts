import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openExaminer, type Examiner } from "./examine-apart.ts";
import { runApart, type ApartOptions } from "./run-apart.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-apart-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A program of one file; it is given the arguments behind its own name. */
function program(text: string): [string, string] {
  const path = join(dir, "program.mjs");
  writeFileSync(path, text);
  return [process.execPath, path];
}
const run = (text: string, change: Partial<ApartOptions> = {}): Promise<Buffer> =>
  runApart({ command: program(text), args: ["doctor"], deadlineMs: 20_000, signal: new AbortController().signal, ...change });
const FOR_EVER = "setInterval(() => {}, 1000);";

describe("a command that runs apart", () => {
  it("gives what it printed, whatever its exit code says", async () => {
    expect(String(await run("process.stdout.write(process.argv[2]); process.exitCode = 1"))).toBe("doctor");
  });

  it("that is killed, cannot be started or takes too long is told, and ends", async () => {
    await expect(run("process.kill(process.pid, 'SIGKILL')")).rejects.toMatchObject({ code: "support.command-failed" });
    await expect(run("", { command: [join(dir, "none")] })).rejects.toMatchObject({ code: "support.command-failed" });
    await expect(run(FOR_EVER, { deadlineMs: 50 })).rejects.toMatchObject({ code: "wire.deadline" });
    const ending = new AbortController();
    const running = run(FOR_EVER, { signal: ending.signal });
    ending.abort();
    await expect(running).rejects.toMatchObject({ code: "agent.stopping" });
    await expect(run(FOR_EVER, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "agent.stopping" });
  });

  it("that prints without end is stopped", async () => {
    await expect(run("const b = Buffer.alloc(1 << 20); (function next() { process.stdout.write(b, next); })()")).rejects.toMatchObject({
      code: "wire.too-large",
    });
  });
});

describe("the examiner of a running agent", () => {
  const open = (text: string): Examiner =>
    openExaminer({ dir, command: program(text), wallMs: () => 0, terminal: () => "till-1", signal: new AbortController().signal });

  it("starts one process for all who ask meanwhile, and another for who asks later", async () => {
    const starts = join(dir, "starts");
    const examiner = open(
      `import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(starts)}, "x"); console.log('{"ok":true,"checks":[]}');`,
    );
    await Promise.all(Array.from({ length: 20 }, () => examiner.doctor()));
    expect(readFileSync(starts, "utf8")).toBe("x");
    expect(await examiner.doctor()).toEqual({ ok: true, checks: [] });
    expect(readFileSync(starts, "utf8")).toBe("xx");
  });

  it("believes no report of another shape, and no empty archive", async () => {
    const examiner = open("console.error('failed');");
    await expect(examiner.doctor()).rejects.toMatchObject({ code: "support.command-failed" });
    await expect(examiner.bundle()).rejects.toMatchObject({ code: "support.command-failed" });
    expect(await open("process.stdout.write('PK')").bundle()).toEqual({
      fileName: "tillsync-support-till-1-19700101-0000.zip",
      base64: "UEs=",
    });
  });
});
