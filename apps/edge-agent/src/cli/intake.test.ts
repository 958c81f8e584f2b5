import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openClients } from "../intake/client-tokens.ts";
import { intake } from "./intake.ts";

let dir: string;
let printed: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-intake-cli-"));
  printed = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const run = async (...args: string[]): Promise<unknown> => {
  expect(await intake.run([...args, "--data", dir, "--json"])).toBe(0);
  return JSON.parse(printed.at(-1) ?? "");
};

test("a token is made, listed without its secret, and taken back", async () => {
  const { token } = (await run("token", "add", "till-app")) as { token: string };
  await run("token", "add", "labels", "--read-only");
  expect(await run("token", "list")).toMatchObject([
    { name: "labels", may: "read" },
    { name: "till-app", may: "write" },
  ]);
  expect(printed.at(-1)).not.toContain(token.split(".")[1]);
  const authenticate = openClients(dir);
  expect(authenticate(`Bearer ${token}`)).toMatchObject({ name: "till-app", may: "write" });
  await run("token", "revoke", "till-app");
  expect(() => authenticate(`Bearer ${token}`)).toThrow(expect.objectContaining({ code: "intake.token-invalid" }));
});

test("what is no command says which there are", async () => {
  for (const args of [[], ["token"], ["token", "give", "x"], ["token", "add", "x", "y"], ["tokens", "list"], ["token", "add"]])
    await expect(intake.run([...args, "--data", dir])).rejects.toMatchObject({ code: "usage.invalid" });
});
