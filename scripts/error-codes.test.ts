import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../packages/sync-protocol/src/errors/codes.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const roots = ["apps", "packages", "examples", "simulation", "bench", "scripts"];
const skipped = new Set(["node_modules", "dist", "coverage"]);
/** Tests, and what only tests use: cases and scenarios kept beside them. */
const isTest = (path: string): boolean => path.endsWith(".test.ts") || (path.includes("/testing/") && path.endsWith(".ts"));
/** These name every code or many codes without reaching any. */
const notCounted = [
  "scripts/error-codes.test.ts",
  "packages/sync-protocol/src/errors/errors.test.ts",
  "packages/sync-protocol/src/session/failure.test.ts",
];

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : testFiles(path);
    return isTest(path) && !notCounted.includes(path) ? [path] : [];
  });
}

test("every code of the catalogue is reached by a test", () => {
  const tests = roots
    .flatMap(testFiles)
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  const quoted = (code: string) => [`"${code}"`, `(${code})`, `'${code}'`, `\`${code}\``].some((text) => tests.includes(text));
  expect(Object.keys(ERROR_CODES).filter((code) => !quoted(code))).toEqual([]);
});
