import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from "node:crypto";
import {
  encodeBatch,
  encodeEntry,
  encodeHlc,
  genesisHash,
  headMessage,
  nextHash,
  toHex,
  type EnrolRequest,
  type Epoch,
  type HashPair,
  type IdentityKey,
  type JournalKey,
  type PushHeader,
  type Seq,
  type TerminalId,
} from "@tillsync/sync-protocol";
import { calculateJwkThumbprint, SignJWT } from "jose";

/** A second way to the same hash, so that the tests do not lean on the code they test. */
const hash: HashPair = (left, right) => createHash("sha256").update(left).update(right).digest();

/** A terminal made by hand: keys, a chain in memory, batches and proofs. What an agent does, without its store. */
export class TestTerminal {
  readonly identity = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly journal = generateKeyPairSync("ed25519");
  readonly identityKey = publicJwk(this.identity.publicKey, ["kty", "crv", "x", "y"]) as IdentityKey;
  readonly journalKey = publicJwk(this.journal.publicKey, ["kty", "crv", "x"]) as JournalKey;
  readonly chains = new Map<number, TestChain>();
  name = "" as TerminalId;
  audience = "";

  enrolRequest(code: string): EnrolRequest {
    return { code, identityKey: this.identityKey, journalKey: this.journalKey, agentVersion: "0.0.0-test" };
  }

  async chain(epoch = 1): Promise<TestChain> {
    const known = this.chains.get(epoch);
    if (known !== undefined) return known;
    const thumbprint = await calculateJwkThumbprint(this.journalKey);
    const made = new TestChain(this.journal.privateKey, thumbprint, epoch as Epoch, () => this.name);
    this.chains.set(epoch, made);
    return made;
  }

  /** The proof of one request, as of `nowMs` on the terminal's clock. */
  async proof(
    nowMs: number,
    change: { lifeS?: number; audience?: string; typ?: string; key?: KeyObject; issuer?: string } = {},
  ): Promise<string> {
    const issuedAt = Math.floor(nowMs / 1000);
    const token = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: "ES256", typ: change.typ ?? "tillsync-device+jwt", kid: await calculateJwkThumbprint(this.identityKey) })
      .setIssuer(change.issuer ?? this.name)
      .setSubject(change.issuer ?? this.name)
      .setAudience(change.audience ?? this.audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + (change.lifeS ?? 300))
      .sign(change.key ?? this.identity.privateKey);
    return `Bearer ${token}`;
  }
}

/** One journal in memory. `hashes[seq]` is the hash after entry seq; index 0 the genesis. */
export class TestChain {
  readonly lines: Uint8Array[] = [];
  readonly hashes: Uint8Array[];
  readonly epoch: Epoch;
  readonly #key: KeyObject;
  readonly #thumbprint: string;
  readonly #terminal: () => TerminalId;

  constructor(key: KeyObject, thumbprint: string, epoch: Epoch, terminal: () => TerminalId) {
    this.#key = key;
    this.#thumbprint = thumbprint;
    this.#terminal = terminal;
    this.epoch = epoch;
    this.hashes = [genesisHash(hash, thumbprint, epoch)];
  }

  get seq(): number {
    return this.lines.length;
  }

  /** Adds `count` entries; `body` is given the sequence number. Not canonical transactions unless the caller makes them so. */
  grow(count: number, body: (seq: number) => unknown = (seq) => ({ made: seq })): this {
    for (let i = 0; i < count; i++) {
      const seq = this.seq + 1;
      const text = encodeEntry({ seq, hlc: encodeHlc({ ms: 1_800_000_000_000 + seq, counter: 0 }), type: "transaction", body: body(seq) });
      this.addLine(Buffer.from(text));
    }
    return this;
  }

  addLine(line: Uint8Array): void {
    this.hashes.push(nextHash(hash, this.hashAt(this.seq), line));
    this.lines.push(line);
  }

  hashAt(seq: number): Uint8Array {
    const found = this.hashes[seq];
    if (found === undefined) throw new Error(`no entry ${seq}`);
    return found;
  }

  signHead(seq: number): PushHeader["head"] {
    const hex = toHex(this.hashAt(seq));
    const signature = sign(null, headMessage(this.#thumbprint, this.epoch, seq as Seq, hex), this.#key).toString("base64url");
    return { seq: seq as Seq, hash: hex, signature };
  }

  header(first: number, last: number, verdictsAfter = 0): PushHeader {
    return {
      version: 1,
      terminal: this.#terminal(),
      epoch: this.epoch,
      firstSeq: first as Seq,
      count: last - first + 1,
      previousHash: toHex(this.hashAt(first - 1)),
      head: this.signHead(last),
      verdictsAfter,
    };
  }

  /** The batch of entries `first` to `last`, not compressed. */
  batch(first: number, last: number, verdictsAfter = 0): Uint8Array {
    return encodeBatch(this.header(first, last, verdictsAfter), this.lines.slice(first - 1, last));
  }
}

function publicJwk(key: KeyObject, members: readonly string[]): Record<string, unknown> {
  const jwk = key.export({ format: "jwk" }) as Record<string, unknown>;
  return Object.fromEntries(members.map((member) => [member, jwk[member]]));
}
