import { expect, it } from "vitest";
import { openError } from "./open-file.ts";

it.each([
  ["ENOENT", "source.not-found"],
  ["ENOTDIR", "source.not-found"],
  ["EISDIR", "source.not-file"],
  ["ENXIO", "source.not-file"],
  ["EACCES", "source.no-permission"],
  ["EPERM", "source.no-permission"],
  ["EIO", "source.no-permission"],
])("calls %s %s and names the file", (code, wanted) => {
  expect(openError(Object.assign(new Error(code), { code }), "day.xml")).toMatchObject({
    code: wanted,
    detail: expect.stringContaining("day.xml"),
  });
});
