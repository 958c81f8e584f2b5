import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeBatch } from "./codec/decode-batch.ts";
import { epoch as toEpoch, hashHex } from "./ids.ts";
import { genesisHash, toHex } from "./journal/chain.ts";
import { entryBodySchemas, entryEnvelopeSchema } from "./journal/entry.ts";
import { headMessage } from "./journal/head.ts";
import { errorAnswerSchema } from "./messages/error.ts";
import { enrolRequestSchema, enrolResponseSchema } from "./messages/enrol.ts";
import { helloAckSchema, helloSchema } from "./messages/hello.ts";
import { WIRE_VERSION } from "./messages/media.ts";
import { pushAckSchema } from "./messages/push-ack.ts";
import { pushHeaderSchema } from "./messages/push.ts";
import { readTransaction } from "./model/upcast.ts";
import { TRANSACTION_SCHEMA_VERSION } from "./model/transaction.ts";
import { verifyBatch } from "./session/verify-batch.ts";
import { listFolder, readBytes, readText, sha256Hex, sha256Pair, verifyEd25519 } from "./testing/node.ts";

/** What the two sides say to each other; a terminal in a cupboard speaks the version that it was installed with. */
const messages = {
  enrolRequest: enrolRequestSchema,
  enrolResponse: enrolResponseSchema,
  hello: helloSchema,
  helloAck: helloAckSchema,
  pushHeader: pushHeaderSchema,
  pushAck: pushAckSchema,
  error: errorAnswerSchema,
  entry: entryEnvelopeSchema,
  epochStart: entryBodySchemas["epoch-start"],
};
const digest = (schemas: Record<string, z.ZodType>): string =>
  sha256Hex(
    JSON.stringify(Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: "input" })]))),
  ).slice(0, 16);

/**
 * One line per version, the newest last. A schema that moved and nothing else: you changed the wire. Either take the change
 * back, or, when older terminals and clouds still understand it (a field that they may ignore), put the new digest in the
 * last line and say so in its comment; otherwise raise `WIRE_VERSION`, add a line, keep reading the old version, and write
 * golden batches with `testing/make-golden.ts`.
 */
const WIRE_HISTORY = [{ version: 1, digest: "d7b33924f51ca01c", what: "hello, push with signed heads, verdicts, enrolment by code" }];

/** As above for the transaction inside an entry: a new shape raises `TRANSACTION_SCHEMA_VERSION` and adds an upcaster. */
const TRANSACTION_HISTORY = [
  {
    version: 1,
    digest: "0045234ac5622b76",
    // With `OrderStatus`, `MemberChange` and `StoredValue`: a cloud that does not know them sets them aside as `entry.schema-unknown`, and
    // takes them up when it does. What older terminals write is read as before.
    what: "the words of ARTS/NRF POSLog, amounts in minor units; steps of orders; changes of members; stored value",
  },
];

describe("the wire is pinned", () => {
  test("messages", () => {
    expect(WIRE_HISTORY.at(-1)).toMatchObject({ version: WIRE_VERSION, digest: digest(messages) });
  });

  test("transactions", () => {
    expect(TRANSACTION_HISTORY.at(-1)).toMatchObject({
      version: TRANSACTION_SCHEMA_VERSION,
      digest: digest({ transaction: entryBodySchemas.transaction }),
    });
  });

  test("one line per version, in order", () => {
    expect(WIRE_HISTORY.map(({ version }) => version)).toEqual(Array.from({ length: WIRE_VERSION }, (_, i) => i + 1));
    expect(TRANSACTION_HISTORY.map(({ version }) => version)).toEqual(Array.from({ length: TRANSACTION_SCHEMA_VERSION }, (_, i) => i + 1));
  });

  test("a field more, less or other moves the digest", () => {
    const moved = [
      pushAckSchema.extend({ more: z.string().optional() }),
      pushAckSchema.omit({ verdictsMore: true }),
      pushAckSchema.extend({ serverTimeMs: z.string() }),
      pushAckSchema.extend({ outcome: z.enum(["stored", "duplicate", "gap"]) }),
    ];
    for (const pushAck of moved) expect(digest({ ...messages, pushAck })).not.toBe(digest(messages));
  });
});

const goldens = listFolder("codec/golden")
  .filter((name) => /^v\d+$/.test(name))
  .flatMap((version) =>
    listFolder(`codec/golden/${version}`)
      .filter((name) => name.endsWith(".ndjson"))
      .map((name) => [version, name] as const),
  );

describe("golden batches of every released version", () => {
  test("are there for each version", () => {
    expect([...new Set(goldens.map(([version]) => version))]).toEqual(WIRE_HISTORY.map(({ version }) => `v${version}`));
    expect(goldens.length).toBeGreaterThanOrEqual(3);
  });

  test.each(goldens)("%s/%s is read, follows its chain, and its entries are understood", (version, name) => {
    const batch = decodeBatch(readBytes(`codec/golden/${version}/${name}`));
    // What was added to a version later has a key of its own: keys of golden batches are thrown away.
    const ownKey = name.replace(".ndjson", ".key.json");
    const keyFile = listFolder(`codec/golden/${version}`).includes(ownKey) ? ownKey : "key.json";
    const { jwk, thumbprint } = JSON.parse(readText(`codec/golden/${version}/${keyFile}`)) as { jwk: { x: string }; thumbprint: string };
    const { epoch, head, firstSeq, previousHash } = batch.header;
    const hashes = verifyBatch(sha256Pair, batch);
    expect(toHex(hashes.at(-1) ?? new Uint8Array())).toBe(head.hash);
    expect(verifyEd25519(jwk.x, headMessage(thumbprint, epoch, head.seq, head.hash), head.signature)).toBe(true);
    expect(verifyEd25519(jwk.x, headMessage(thumbprint, toEpoch(epoch + 1), head.seq, head.hash), head.signature)).toBe(false);
    if (firstSeq === 1) expect(previousHash).toBe(toHex(genesisHash(sha256Pair, thumbprint, epoch)));
    for (const [index, line] of batch.lines.entries()) {
      const entry = entryEnvelopeSchema.parse(JSON.parse(new TextDecoder().decode(line)));
      expect(entry.seq).toBe(firstSeq + index);
      if (entry.type === "epoch-start")
        expect(entryBodySchemas["epoch-start"].parse(entry.body).previous.hash).toBe(hashHex(goldenEnd(version)));
      else expect(readTransaction((entry.body as { transaction: unknown }).transaction)).toMatchObject({ identity: { store: "9" } });
    }
  });
});

/** Head of epoch 1 in the golden batches: where epoch 2 says it went on from. */
const goldenEnd = (version: string): string => decodeBatch(readBytes(`codec/golden/${version}/other-types.ndjson`)).header.head.hash;
