import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import { hashHex, type SnapshotChunk, type WireDocument } from "@tillsync/sync-protocol";

/** Documents of one chunk. */
const CHUNK_DOCUMENTS = 10_000;
const ZSTD_LEVEL = 3;

/** The nth article of a range, the same in every process. Some 350 bytes. */
export const productOf = (n: number): WireDocument => ({
  id: `4${String(n).padStart(7, "0")}`,
  gtins: [String(4_006_200_000_000 + n * 7).padStart(14, "0")],
  description: `${WORDS[n % WORDS.length] ?? ""} ${WORDS[(n * 31) % WORDS.length] ?? ""} ${(n * 37) % 1_000} g`,
  department: `d${String(n % 60).padStart(2, "0")}`,
  uom: "EA",
  taxCategory: n % 3 === 0 ? "A" : "B",
  status: "active",
  attributes: { brand: `Brand ${String((n * 7_919) % 4_000)}`, shelf: `${String((n * 131) % 90)}-${String((n * 17) % 12)}` },
  schemaVersion: 1,
  version: 1,
  _deleted: false,
});

export const priceOf = (n: number): WireDocument => ({
  id: `4${String(n).padStart(7, "0")}:EUR`,
  itemId: `4${String(n).padStart(7, "0")}`,
  currency: "EUR",
  exponent: 2,
  amount: String(49 + ((n * 7_907) % 9_950)),
  uom: "EA",
  kind: "regular",
  schemaVersion: 1,
  version: 1,
  _deleted: false,
});

/** Documents in the order in which a cloud stored them: not that of their ids. */
export const orderOf = (items: number): number[] => {
  const order = Array.from({ length: items }, (_, i) => i);
  for (let i = items - 1, seed = 7; i > 0; i -= 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
};

export interface PackedChunk extends SnapshotChunk {
  readonly body: Buffer;
}

/** In the order of their ids, as the cloud's snapshots have them. */
export const sorted = (documents: readonly WireDocument[]): WireDocument[] => documents.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Chunks as the cloud's snapshots have them. */
export function packChunks(documents: readonly WireDocument[]): PackedChunk[] {
  const chunks: PackedChunk[] = [];
  for (let i = 0; i < documents.length; i += CHUNK_DOCUMENTS) {
    const part = documents.slice(i, i + CHUNK_DOCUMENTS);
    const plain = linesOf(part);
    const body = compress(plain);
    const sha256 = hashHex(createHash("sha256").update(body).digest("hex"));
    chunks.push({ sha256, bytes: body.length, plainBytes: plain.length, documents: part.length, body });
  }
  return chunks;
}

/** All documents as one compressed text. */
export const packWhole = (documents: readonly WireDocument[]): Buffer => compress(linesOf(documents));

const linesOf = (documents: readonly WireDocument[]): Buffer =>
  Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(""));

const compress = (plain: Buffer): Buffer => zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });

const WORDS = [
  "Apple",
  "Bread",
  "Butter",
  "Cheese",
  "Coffee",
  "Cream",
  "Flour",
  "Honey",
  "Juice",
  "Milk",
  "Noodles",
  "Oil",
  "Pepper",
  "Rice",
  "Salt",
  "Soap",
  "Sugar",
  "Tea",
  "Tomato",
  "Yoghurt",
];
