import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openError, openSourceFile, WHOLE_BYTES_MAX } from "./open-file.ts";

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

describe("what is read of a file", () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "tillsync-open-"))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Reads a byte, has the file written anew with others, and reads its last one. */
  async function readAround(size: number): Promise<[first: number, last: number, changed: boolean]> {
    const path = join(dir, "day.xml");
    writeFileSync(path, new Uint8Array(size).fill(1));
    const file = await openSourceFile(path, "day.xml");
    try {
      const buffer = new Uint8Array(1);
      expect(await file.read(buffer, 0)).toBe(1);
      const [first] = buffer;
      writeFileSync(path, new Uint8Array(size + 1).fill(2));
      expect(await file.read(buffer, size - 1)).toBe(1);
      return [first ?? 0, buffer[0] ?? 0, await file.hasChanged()];
    } finally {
      await file.close();
    }
  }

  it("is one picture of a small file, also when it is written anew meanwhile; that it was is told", async () => {
    expect(await readAround(WHOLE_BYTES_MAX)).toEqual([1, 1, true]);
  });

  it("is read piece by piece past the limit", async () => {
    expect(await readAround(WHOLE_BYTES_MAX + 1)).toEqual([1, 2, true]);
  });

  it("ends where the file does: nothing behind it, and less of a piece that reaches over it", async () => {
    const path = join(dir, "day.xml");
    writeFileSync(path, "abc");
    const file = await openSourceFile(path, "day.xml");
    const buffer = new Uint8Array(2);
    expect([await file.read(buffer, 2), await file.read(buffer, 3), await file.read(buffer, 9)]).toEqual([1, 0, 0]);
    await file.close();
  });
});
