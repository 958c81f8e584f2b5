import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packIcns, packIco } from "./containers.ts";
import { GLYPH_KINDS } from "./glyphs.ts";

const ICONS = join(import.meta.dirname, "../../icons");
const read = (name: string): Buffer => readFileSync(join(ICONS, name));
/** Width and height stand first in every PNG. */
const sizeOf = (png: Buffer): readonly number[] => [png.readUInt32BE(16), png.readUInt32BE(20)];

it.each(GLYPH_KINDS)("%s is there in each size and for each system", (kind) => {
  for (const size of [16, 24, 32]) {
    expect(sizeOf(read(`tray/${kind}-${size}.png`))).toEqual([size, size]);
    expect(sizeOf(read(`tray/${kind}-${size}@2x.png`))).toEqual([2 * size, 2 * size]);
  }
  expect(sizeOf(read(`tray/${kind}Template.png`))).toEqual([16, 16]);
  expect(sizeOf(read(`tray/${kind}Template@2x.png`))).toEqual([32, 32]);
  const ico = read(`tray/${kind}.ico`);
  expect([ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([1, 4]);
  expect(sizeOf(ico.subarray(ico.readUInt32LE(6 + 12)))).toEqual([16, 16]);
});

it("without colour the states still differ", () => {
  expect(new Set(GLYPH_KINDS.map((kind) => read(`tray/${kind}Template@2x.png`).toString("base64"))).size).toBe(GLYPH_KINDS.length);
});

it("packs what systems read back: sizes, places and lengths", () => {
  const pictures = [128, 256].map((size) => ({ size, png: Buffer.alloc(size, size) }));
  const ico = packIco(pictures);
  expect([ico.readUInt8(6), ico.readUInt8(6 + 16), ico.readUInt32LE(6 + 16 + 8)]).toEqual([128, 0, 256]);
  expect(ico.subarray(ico.readUInt32LE(6 + 16 + 12))).toEqual(pictures[1]?.png);
  const icns = packIcns(pictures);
  expect([icns.toString("latin1", 0, 4), icns.readUInt32BE(4), icns.toString("latin1", 8, 12)]).toEqual(["icns", icns.length, "ic07"]);
});
