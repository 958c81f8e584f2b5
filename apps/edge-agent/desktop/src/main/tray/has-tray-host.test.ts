import { expect, it } from "vitest";
import { hasTrayHost } from "./has-tray-host.ts";

const says = (text: string): readonly [string, readonly string[]] => [process.execPath, ["-e", `console.log(${JSON.stringify(text)})`]];
const missing = ["no-such-program-here", []] as const;
const failing = [process.execPath, ["-e", "process.exit(1)"]] as const;

it("believes the first program that answers, and without an answer that there is no panel", async () => {
  expect(await hasTrayHost("linux", [says("b true")])).toBe(true);
  expect(await hasTrayHost("linux", [says("b false"), says("(true,)")])).toBe(false);
  expect(await hasTrayHost("linux", [missing, failing, says("(true,)")])).toBe(true);
  expect(await hasTrayHost("linux", [missing, failing])).toBe(false);
});

it("asks nobody where there always is one", async () => {
  expect(await hasTrayHost("win32", [])).toBe(true);
  expect(await hasTrayHost("darwin", [])).toBe(true);
});
