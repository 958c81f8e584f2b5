import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { poslogDay } from "../core/testing/poslog-day.ts";
import { COMMANDS } from "./commands.ts";

const BIN = fileURLToPath(new URL("../../bin/edge-agent.mjs", import.meta.url));
let base: string;
let data: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tillsync-cli-"));
  data = join(base, "data");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, "config.json"), JSON.stringify({ ballastBytes: 0 }));
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const edgeAgent = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};
const json = (...args: string[]) => {
  const { status, stdout } = edgeAgent(...args, "--data", data, "--json");
  return { status, document: JSON.parse(stdout) as Record<string, unknown> };
};
const day = (name: string, sales: number): string => {
  const { opening, records, closing } = poslogDay({ sales, workstation: "1" });
  const path = join(base, name);
  writeFileSync(path, opening + records.join("") + closing);
  return path;
};

describe("the command line", () => {
  it("has help for every command, and says 2 to wrong usage", () => {
    expect(edgeAgent("--help").stdout).toContain("edge-agent capture");
    for (const name of Object.keys(COMMANDS))
      expect(edgeAgent(name, "--help")).toMatchObject({ status: 0, stdout: expect.stringContaining(`edge-agent ${name}`) });
    for (const args of [
      ["nonsense"],
      ["status"],
      ["status", "--data", data, "--verbose"],
      ["capture", "--data", data, "x"],
      ["set-aside", "--data", data],
    ])
      expect(edgeAgent(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining("usage.invalid") });
  }, 60_000);

  it("captures several paths, goes on past bad ones, and says so", () => {
    const good = day("day.xml", 4);
    writeFileSync(join(base, "empty.xml"), "");
    const { status, document } = json("capture", "--adapter", "poslog", good, base, join(base, "none.xml"), join(base, "empty.xml"));
    expect(status).toBe(1);
    expect(document).toMatchObject({
      ok: false,
      files: [
        { new: 4 },
        { error: { code: "source.not-file" } },
        { error: { code: "source.not-found" } },
        { error: { code: "source.empty" } },
      ],
      total: { files: 4, failed: 3, new: 4 },
    });
    expect(json("status")).toMatchObject({
      status: 0,
      document: { running: false, setAside: 1, captured: { transactions: 4 }, terminalId: null },
    });
    expect(json("capture", "--adapter", "poslog", good)).toMatchObject({ status: 0, document: { ok: true, total: { duplicates: 4 } } });
    expect(json("verify")).toMatchObject({ status: 0, document: { ok: true, entries: 4 } });
    expect(json("set-aside", "list").document).toMatchObject([{ code: "source.empty", name: "empty.xml" }]);
    expect(json("set-aside", "show", "1").document).toMatchObject({ id: 1, text: "" });
    const out = join(base, "export.ndjson");
    expect(edgeAgent("export", "--data", data, "--out", out).status).toBe(0);
    expect(readFileSync(out, "utf8").trimEnd().split("\n")).toHaveLength(6);
    expect(edgeAgent("export", "--data", data, "--out", out)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("service.out-unwritable"),
    });
    expect(json("prune")).toMatchObject({ status: 0, document: { entries: 0 } });
  }, 60_000);

  it("sets a record of an unknown currency aside, and leaves it there while nothing was fixed", () => {
    const { opening, records, closing } = poslogDay({ sales: 3, workstation: "1" });
    const path = join(base, "day.xml");
    writeFileSync(path, opening + records[0]! + records[1]!.replace("EUR", "XXX") + records[2]! + closing);
    expect(json("capture", "--adapter", "poslog", path)).toMatchObject({ status: 1, document: { total: { new: 2, setAside: 1 } } });
    expect(json("set-aside", "list").document).toMatchObject([{ code: "capture.currency-unknown" }]);
    expect(json("set-aside", "retry").status).toBe(1);
  }, 60_000);

  it("names what is wrong with configurations, adapters and folders", () => {
    const good = day("day.xml", 1);
    expect(json("capture", "--adapter", "psolog", good)).toMatchObject({ status: 1, document: { error: { code: "adapter.unknown" } } });
    writeFileSync(join(base, "bad.json"), '{"nonsense":1}');
    expect(json("capture", "--adapter", "poslog", "--config", join(base, "bad.json"), good).document).toMatchObject({
      error: { code: "adapter.config-invalid" },
    });
    expect(json("capture", "--adapter", "poslog", "--config", join(base, "none.json"), good).document).toMatchObject({
      error: { code: "config.unreadable" },
    });
    writeFileSync(join(data, "config.json"), '{"retentionDays":"many"}');
    expect(json("capture", "--adapter", "poslog", good).document).toMatchObject({
      error: { code: "config.invalid", detail: expect.stringContaining("retentionDays") },
    });
    expect(edgeAgent("status", "--data", join(base, "none"), "--json")).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("data.not-found"),
    });
  }, 60_000);

  it("examines a folder", () => {
    json("capture", "--adapter", "poslog", day("day.xml", 2));
    const source = { name: "pos", kind: "folder", path: join(base, "gone"), adapter: "poslog" };
    writeFileSync(join(data, "config.json"), JSON.stringify({ sources: [source], ballastBytes: 0 }));
    const { status, document } = json("doctor");
    expect(status).toBe(1);
    expect(document).toMatchObject({ ok: false });
    const checks = Object.fromEntries(
      (document["checks"] as { name: string; state: string; code: string | null }[]).map((c) => [c.name, [c.state, c.code]]),
    );
    expect(checks).toMatchObject({
      folder: ["ok", null],
      keys: ["ok", null],
      database: ["ok", null],
      lock: ["ok", null],
      upstream: ["warning", "enrol.required"],
      "source pos": ["failed", "source.not-found"],
    });
  }, 60_000);
});
