/**
 * Writes the golden batches of the current wire version, once, when it is released:
 * `node --conditions=tillsync-source src/testing/make-golden.ts src/codec/golden/v1`, or with a file's name behind it for
 * that one alone, with a key of its own, when types were added to a version. What is written stays for ever: terminals
 * that were off for years still send it. The key is made here and thrown away; its public part is in `key.json`.
 */
import { encodeHlc } from "../clock/hlc.ts";
import { epoch as toEpoch, seq as toSeq, terminalId, type Epoch } from "../ids.ts";
import { chainHashes, genesisHash, toHex } from "../journal/chain.ts";
import { encodeEntry } from "../journal/entry.ts";
import { headMessage } from "../journal/head.ts";
import { sampleMemberChange, sampleOrderStatus, sampleSale } from "./sample.ts";
import { encodeBatch } from "../codec/encode-batch.ts";

const { createHash, generateKeyPairSync, sign } = process.getBuiltinModule("node:crypto");
const { writeFileSync } = process.getBuiltinModule("node:fs");
const [folder, only] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder to write to");
const encoder = new TextEncoder();
const sha256Pair = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(left).update(right).digest());

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const jwk = publicKey.export({ format: "jwk" });
const thumbprint = createHash("sha256")
  .update(`{"crv":"Ed25519","kty":"OKP","x":"${String(jwk.x)}"}`)
  .digest("base64url");

const START_MS = Date.UTC(2026, 10, 22, 8);
const entry = (seq: number, type: "transaction" | "epoch-start", body: unknown): Uint8Array =>
  encoder.encode(encodeEntry({ seq, hlc: encodeHlc({ ms: START_MS + seq * 1_000, counter: seq % 3 }), type, body }));
const captured = (seq: number, transaction: unknown): Uint8Array =>
  entry(seq, "transaction", {
    capture: { adapter: "poslog@1.0.0", source: { kind: "file", name: "day.xml", range: [seq * 100, seq * 100 + 99] } },
    revision: 1,
    transaction,
  });
const common = (sequence: string) => ({
  schemaVersion: 1,
  identity: { store: "9", workstation: "31", businessDay: "2017-10-01", sequence },
  status: "completed",
});

function write(name: string, epoch: Epoch, firstSeq: number, previous: Uint8Array, lines: readonly Uint8Array[]): Uint8Array {
  const last = chainHashes(sha256Pair, previous, lines).at(-1) ?? previous;
  const head = { seq: toSeq(firstSeq + lines.length - 1), hash: toHex(last) };
  const signature = sign(null, headMessage(thumbprint, epoch, head.seq, head.hash), privateKey).toString("base64url");
  const header = {
    version: 1 as const,
    terminal: terminalId("till-1"),
    epoch,
    firstSeq: toSeq(firstSeq),
    count: lines.length,
    previousHash: toHex(previous),
    head: { ...head, signature },
    verdictsAfter: 0,
  };
  writeFileSync(`${folder}/${name}.ndjson`, encodeBatch(header, lines));
  return last;
}

function writeAll(): void {
  const genesis = genesisHash(sha256Pair, thumbprint, toEpoch(1));
  const afterSales = write(
    "sales",
    toEpoch(1),
    1,
    genesis,
    ["114", "115", "116"].map((sequence, i) => captured(i + 1, sampleSale(sequence))),
  );
  const others = [
    { ...common("117"), transactionType: "Control", control: { kind: "noSale" } },
    {
      ...common("118"),
      transactionType: "TenderControl",
      tenderControl: { kind: "pickup", currency: "EUR", exponent: 2, amount: "50000" },
    },
    {
      ...common("119"),
      transactionType: "Inventory",
      inventory: { kind: "waste", items: [{ itemId: "4011", quantity: { value: "1.5", uom: "KGM" } }] },
    },
    { ...common("120"), transactionType: "FiscalControl", fiscal: { regime: "DE-TSE", counter: "7", late: true } },
    { ...sampleSale("121"), transactionType: "CustomerOrder", orders: [{ orderId: "Ü-1/€", action: "pickup" }] },
  ];
  const afterOthers = write(
    "other-types",
    toEpoch(1),
    4,
    afterSales,
    others.map((transaction, i) => captured(i + 4, transaction)),
  );
  const previous = { epoch: 1, seq: 8, hash: toHex(afterOthers) };
  write("epoch-start", toEpoch(2), 1, genesisHash(sha256Pair, thumbprint, toEpoch(2)), [
    entry(1, "epoch-start", { reason: "fork", previous, carriedOver: 1 }),
    captured(2, sampleSale("121")),
  ]);
}

function writeOrdersAndMembers(): void {
  const parcel = { lines: [{ itemId: "77", quantity: { value: "2", uom: "EA" } }], carrier: "POST", tracking: "T-1" };
  const told = [
    sampleOrderStatus("created"),
    sampleOrderStatus("shipped", parcel, "201"),
    sampleMemberChange({ tier: "gold", consents: { email: true, sms: false }, attributes: { language: "de" } }),
  ];
  write(
    "orders-and-members",
    toEpoch(1),
    1,
    genesisHash(sha256Pair, thumbprint, toEpoch(1)),
    told.map((transaction, i) => captured(i + 1, transaction)),
  );
}

if (only === undefined) writeAll();
if (only === undefined || only === "orders-and-members") writeOrdersAndMembers();
writeFileSync(`${folder}/${only === undefined ? "key" : `${only}.key`}.json`, `${JSON.stringify({ jwk, thumbprint }, null, 2)}\n`);
