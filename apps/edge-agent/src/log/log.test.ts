import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLog, type AgentLog, type LogOptions } from "./open-log.ts";
import { LINE_CHARS_MAX, plainLine, TEXT_CHARS_MAX } from "./plain-line.ts";
import { logFile, openRollingFile } from "./rolling-file.ts";

let dir: string;
let opened: AgentLog | undefined;
let stderr: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-log-"));
  stderr = [];
});
afterEach(() => {
  opened?.close();
  opened = undefined;
  rmSync(dir, { recursive: true });
});

const folder = (): string => join(dir, "log");
const read = (n = 0): string => readFileSync(logFile(folder(), n), "utf8");
const open = (options: LogOptions = {}): AgentLog["log"] =>
  (opened = openLog(dir, "info", { beside: { write: (line) => stderr.push(line) }, ...options })).log;

describe("the log of an agent", () => {
  it("has the same lines in its file as on stderr, for its owner alone", () => {
    const log = open();
    log.info({ a: 1 }, "one");
    log.debug({}, "not at this level");
    log.warn({}, "two");
    expect(read()).toBe(stderr.join(""));
    expect(
      read()
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { msg: string }).msg),
    ).toEqual(["one", "two"]);
    expect([statSync(logFile(folder(), 0)).mode & 0o777, statSync(folder()).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it("goes on after a restart, and takes others' rights away from a file that has them", () => {
    mkdirSync(folder());
    writeFileSync(logFile(folder(), 0), "{}\n");
    chmodSync(logFile(folder(), 0), 0o644);
    open().info({}, "again");
    expect(read().startsWith("{}\n")).toBe(true);
    expect(statSync(logFile(folder(), 0)).mode & 0o777).toBe(0o600);
  });

  it("never takes more than its files and their size", () => {
    const log = open({ bytesMax: 1_000, filesMax: 3 });
    for (let i = 0; i < 200; i += 1) log.info({ i }, "x".repeat(100));
    for (const n of [0, 1, 2]) expect(statSync(logFile(folder(), n)).size).toBeLessThanOrEqual(1_000);
    expect(existsSync(logFile(folder(), 3))).toBe(false);
    expect(read()).toContain('"i":199');
    expect(read(2)).not.toContain('"i":0,');
  });

  it("takes a line that fills the file to its last byte, and begins another one byte later", () => {
    const file = openRollingFile(folder(), { bytesMax: 10, filesMax: 2 });
    file.write("12345\n");
    file.write("abc\n");
    expect(read()).toBe("12345\nabc\n");
    file.write("\n");
    expect([read(), read(1)]).toEqual(["\n", "12345\nabc\n"]);
    file.close();
  });

  it("lives on without its file, and finds it again", () => {
    writeFileSync(folder(), "in the way");
    const log = open();
    log.info({}, "lost");
    rmSync(folder());
    log.info({}, "kept");
    expect(stderr).toHaveLength(2);
    expect(read()).toContain("kept");
  });

  it("keeps secrets out, also in what an error brings along", () => {
    const log = open();
    const request = { headers: { authorization: "Bearer canary" } };
    log.error(
      { token: "canary", upstream: { pseudonymKey: "canary" }, request, err: Object.assign(new Error("x"), { request }) },
      "failed",
    );
    expect(read()).not.toContain("canary");
  });
});

describe("a line", () => {
  it.each([
    ["a line feed", "a\nb\r\nc"],
    ["a terminal's escape", "\u001b[2J\u009b31m\u0007"],
    ["marks that turn a text around", "a\u202e\u2066b\u200f"],
    ["other ends of lines", "a\u2028b\u2029c\u0085d"],
    ["what a format string would take", "%s %d %o %j"],
    ["what no eye sees", "a\u200b\u00ad\ufeff\u0000"],
  ])("with %s stays one line of plain text, and says the same", (_, text) => {
    open().warn({ file: text }, "a file");
    const written = read();
    expect(written.match(/\n/g)).toHaveLength(1);
    expect(written.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    expect((JSON.parse(written) as { file: string }).file).toBe(text);
  });

  it("of a megabyte is cut and stays JSON; one that fits is left alone", () => {
    const log = open();
    log.warn({ file: "x".repeat(1_000_000), code: "source.changed" }, "a file");
    const line = JSON.parse(read()) as Record<string, string>;
    expect([line["file"]?.length, line["code"], line["msg"]]).toEqual([TEXT_CHARS_MAX + 5, "source.changed", "a file"]);
    const fits = `${JSON.stringify({ a: "x".repeat(LINE_CHARS_MAX - 9) })}\n`;
    expect([fits.length, plainLine(fits) === fits]).toEqual([LINE_CHARS_MAX, true]);
    expect(plainLine(`${fits.slice(0, -3)}x"}\n`).length).toBeLessThan(TEXT_CHARS_MAX + 20);
    const wide = plainLine(
      `${JSON.stringify({ level: 40, msg: "wide", ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, "y".repeat(1_000)])) })}\n`,
    );
    expect(JSON.parse(wide)).toEqual({ level: 40, msg: "wide", cut: true });
    expect(plainLine(`no JSON ${"z".repeat(LINE_CHARS_MAX)}`).length).toBeLessThan(TEXT_CHARS_MAX + 40);
  });
});
