import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("what the documentation tells retailers to install is what is tested", () => {
  const [, told] = /## till-receipts\.mjs\n\n```js\n([\s\S]*?)```/.exec(read("../../../docs/connectors/vendure.md")) ?? [];
  expect(told).toBe(read("./till-receipts.mjs"));
});
