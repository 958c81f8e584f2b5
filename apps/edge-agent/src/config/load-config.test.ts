import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adapterConfigOf, loadConfig, readJsonFile } from "./load-config.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-config-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});
const write = (value: unknown): void => writeFileSync(join(dir, "config.json"), typeof value === "string" ? value : JSON.stringify(value));
const source = { name: "pos", kind: "folder", path: "drop", adapter: "poslog" };

describe("loadConfig", () => {
  it("has a default for everything, and finds folders from where it stands", () => {
    expect(loadConfig(dir)).toMatchObject({ sources: [], retentionDays: 35, ballastBytes: 16_777_216 });
    write({ sources: [source] });
    expect(loadConfig(dir).sources[0]).toMatchObject({ path: join(dir, "drop"), pattern: "*", fileBytesMax: 536_870_912 });
  });

  it.each([
    [{ sources: [{ ...source, adaptor: "x" }] }, "sources.0"],
    [{ sources: [{ ...source, kind: "table" }] }, "sources.0.kind"],
    [{ sources: [source, source] }, "sources"],
    [{ sources: [{ ...source, adapterConfig: {}, mappingFile: "m.json" }] }, "sources.0.mappingFile"],
    [{ retentionDays: 0 }, "retentionDays"],
    [{ receiptDays: 30 }, "receiptDays"],
    [{ ballastBytes: "16M" }, "ballastBytes"],
    ["{ no json", "config.json"],
    [[], "file"],
  ])("names the field that is wrong: %j", (value, field) => {
    write(value);
    expect(() => loadConfig(dir)).toThrow(expect.objectContaining({ code: "config.invalid", detail: expect.stringContaining(field) }));
  });

  it("tells a file that cannot be read from one that is wrong", () => {
    expect(() => readJsonFile(join(dir, "none.json"))).toThrow(expect.objectContaining({ code: "config.unreadable" }));
    expect(() => readJsonFile(dir)).toThrow(expect.objectContaining({ code: "config.unreadable" }));
  });

  it("reads the adapter's configuration from a mapping file, byte order mark or not", () => {
    writeFileSync(join(dir, "m.json"), `\uFEFF{"delimiter":";"}`);
    write({ sources: [{ ...source, mappingFile: "m.json" }] });
    expect(adapterConfigOf(dir, loadConfig(dir).sources[0]!)).toEqual({ delimiter: ";" });
  });
});
