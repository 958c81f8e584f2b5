import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("what the documentation tells retailers to install for notices is what is tested", () => {
  const [, told] = /## order-notices\.mjs\n\n```js\n([\s\S]*?)```/.exec(read("../../../docs/operate/feeds.md")) ?? [];
  expect(told).toBe(read("./order-notices.mjs"));
});
