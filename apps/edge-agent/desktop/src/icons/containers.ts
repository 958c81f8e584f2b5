/** A picture of one size, as PNG. */
export interface Sized {
  readonly size: number;
  readonly png: Buffer;
}

/** Windows' icon file: a directory of pictures, each a PNG as all systems since Vista read them. */
export function packIco(pictures: readonly Sized[]): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [at, { size, png }] of pictures.entries()) {
    const row = 6 + 16 * at;
    header.writeUInt8(size === 256 ? 0 : size, row);
    header.writeUInt8(size === 256 ? 0 : size, row + 1);
    header.writeUInt16LE(1, row + 4);
    header.writeUInt16LE(32, row + 6);
    header.writeUInt32LE(png.length, row + 8);
    header.writeUInt32LE(offset, row + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...pictures.map(({ png }) => png)]);
}

/** Types of macOS' icon file that hold a PNG of the size. */
const ICNS_TYPES: Readonly<Record<number, string>> = { 128: "ic07", 256: "ic08", 512: "ic09", 1024: "ic10" };

/** macOS' icon file, of the sizes 128, 256, 512 and 1024. */
export function packIcns(pictures: readonly Sized[]): Buffer {
  const blocks = pictures.map(({ size, png }) => block(ICNS_TYPES[size] ?? "", png));
  return block("icns", Buffer.concat(blocks));
}

function block(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}
