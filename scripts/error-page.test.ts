import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorPage } from "./error-page.ts";

test("docs/operate/errors.md is what the catalogue says; write it again with `npm run docs:errors`", () => {
  expect(readFileSync(new URL("../docs/operate/errors.md", import.meta.url), "utf8")).toBe(errorPage());
});
