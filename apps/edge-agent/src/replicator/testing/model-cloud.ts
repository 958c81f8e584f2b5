import { createHash, createPublicKey, hash, randomBytes, verify } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { calculateJwkThumbprint, decodeJwt, importJWK, jwtVerify } from "jose";
import {
  decideHello,
  decidePush,
  decodeBatch,
  enrolRequestSchema,
  epoch,
  ERROR_CODES,
  fromHex,
  genesisHash,
  headMessage,
  helloSchema,
  pushAckSchema,
  helloAckSchema,
  seq,
  storeId,
  terminalId,
  TillsyncError,
  toHex,
  verifyBatch,
  type Epoch,
  type ErrorCode,
  type HashPair,
  type IdentityKey,
  type JournalKey,
  type SendLimits,
  type Verdict,
} from "@tillsync/sync-protocol";

export interface CloudRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}
export interface CloudAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** One journal as the cloud holds it: the hash after each entry (index 0: genesis) and the lines. */
interface HeldJournal {
  readonly hashes: Uint8Array[];
  readonly lines: string[];
}

const pair: HashPair = (left, right) => hash("sha256", Buffer.concat([left, right]), "buffer");

/**
 * A cloud in memory for tests of the agent: it keeps the whole contract of the wire and decides with the functions that
 * the real one uses, and holds one terminal. Faults are set from outside.
 */
export class ModelCloud {
  readonly audience = `urn:tillsync:cloud:${randomBytes(8).toString("hex")}`;
  readonly terminal = terminalId("till-1");
  readonly store = storeId("s-17");
  readonly pseudonymKey = Buffer.alloc(32, 9).toString("base64url");
  readonly journals = new Map<Epoch, HeldJournal>();
  readonly verdicts: Verdict[] = [];
  readonly codes = new Map<string, { usedBy?: string }>();
  readonly jtis = new Set<string>();
  now: () => number;
  revoked = false;
  firstEpoch = epoch(1);
  limits: SendLimits = { batchEntriesMax: 500, batchBytesMax: 8 * 1024 * 1024, inFlightMax: 4 };
  /** Bodies longer than this get 413. */
  bodyBytesMax = 8 * 1024 * 1024;
  identityKey: IdentityKey | undefined;
  journalKey: JournalKey | undefined;
  lastHello: { wallMs: number; agentVersion: string } | undefined;
  requests = 0;
  /** Answers before anything else when it gives a code. */
  refuse: (request: CloudRequest) => ErrorCode | undefined = () => undefined;
  retryAfter: string | undefined;

  constructor(now: () => number) {
    this.now = now;
  }

  newCode(): string {
    const code = Array.from(randomBytes(12), (byte) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 32]).join("");
    this.codes.set(code, {});
    return code;
  }

  /** All lines of all journals, in the order of epochs. */
  allLines(): string[] {
    return [...this.journals].toSorted(([a], [b]) => a - b).flatMap(([, journal]) => journal.lines);
  }

  head(of: Epoch): { seq: number; hash: string } {
    const { hashes } = this.held(of);
    return { seq: hashes.length - 1, hash: toHex(hashes.at(-1) ?? new Uint8Array()) };
  }

  /** As after a restore from an older backup. */
  rewind(of: Epoch, to: number): void {
    const journal = this.held(of);
    journal.hashes.length = to + 1;
    journal.lines.length = to;
  }

  async handle(request: CloudRequest): Promise<CloudAnswer> {
    this.requests += 1;
    try {
      const refused = this.refuse(request);
      if (refused !== undefined) throw new TillsyncError(refused);
      if (request.path === "/v1/enrol") return this.answer(200, await this.enrol(request));
      await this.authenticate(request.headers["authorization"]);
      if (request.path === "/v1/hello") return this.answer(200, this.hello(request));
      if (request.path === "/v1/entries") return this.answer(200, this.push(request));
      throw new TillsyncError("wire.not-found");
    } catch (error) {
      if (!(error instanceof TillsyncError)) throw error;
      const answer = this.answer(ERROR_CODES[error.code].http ?? 500, error.toJSON());
      if (this.retryAfter !== undefined) answer.headers["retry-after"] = this.retryAfter;
      return answer;
    }
  }

  private answer(status: number, body: object): CloudAnswer {
    return {
      status,
      headers: { "tillsync-wire": "1", "content-type": "application/json" },
      body: JSON.stringify({ ...body, serverTimeMs: this.now() }),
    };
  }

  private async enrol(request: CloudRequest): Promise<object> {
    const { code, identityKey, journalKey } = enrolRequestSchema.parse(JSON.parse(Buffer.from(request.body).toString()));
    const known = this.codes.get(code);
    if (known === undefined) throw new TillsyncError("enrol.code-invalid");
    const thumbprint = await calculateJwkThumbprint(identityKey);
    if (known.usedBy !== undefined && known.usedBy !== thumbprint) throw new TillsyncError("enrol.code-used");
    known.usedBy = thumbprint;
    this.identityKey = identityKey;
    this.journalKey = journalKey;
    return {
      terminal: this.terminal,
      store: this.store,
      audience: this.audience,
      firstEpoch: this.firstEpoch,
      pseudonymKey: this.pseudonymKey,
    };
  }

  private async authenticate(authorization: string | undefined): Promise<void> {
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
    if (token === undefined || this.identityKey === undefined) throw new TillsyncError("auth.missing");
    const { iat = 0, exp = 0, jti = "" } = decodeJwt(token);
    const now = this.now() / 1_000;
    if (iat > now + 30 || exp < now || exp > iat + 300) throw new TillsyncError("auth.clock");
    if (this.jtis.has(jti)) throw new TillsyncError("auth.invalid", "a proof that was used before");
    this.jtis.add(jti);
    try {
      await jwtVerify(token, await importJWK({ ...this.identityKey }, "ES256"), {
        audience: this.audience,
        issuer: this.terminal,
        subject: this.terminal,
        typ: "tillsync-device+jwt",
        algorithms: ["ES256"],
        currentDate: new Date(this.now()),
      });
    } catch (cause) {
      throw new TillsyncError("auth.invalid", undefined, { cause });
    }
    if (this.revoked) throw new TillsyncError("auth.revoked");
  }

  private hello(request: CloudRequest): object {
    const hello = helloSchema.parse(JSON.parse(Buffer.from(request.body).toString()));
    this.lastHello = hello;
    const journals = hello.journals.map((named) => {
      const known = this.journals.has(named.epoch) ? this.head(named.epoch) : undefined;
      const genesis = { seq: seq(0), hash: toHex(this.genesis(named.epoch)) };
      const head = known && { seq: seq(known.seq), hash: toHex(fromHex(known.hash as never)) };
      return { epoch: named.epoch, ...decideHello(named, head, genesis).head };
    });
    return helloAckSchema.parse({
      version: 1,
      store: this.store,
      serverTimeMs: this.now(),
      journals,
      maxEpoch: Math.max(0, ...this.journals.keys()),
      limits: this.limits,
      ...this.news(hello.verdictsAfter),
    });
  }

  private push(request: CloudRequest): object {
    if (request.body.length > this.bodyBytesMax) throw new TillsyncError("wire.too-large");
    const bytes = request.headers["content-encoding"] === "zstd" ? zstdDecompressSync(request.body) : request.body;
    const batch = decodeBatch(bytes);
    const { header } = batch;
    const hashes = verifyBatch(pair, batch);
    this.checkSignature(header);
    const journal = this.held(header.epoch);
    const offered = { firstSeq: header.firstSeq, previousHash: fromHex(header.previousHash), hashes };
    const last = { seq: journal.hashes.length - 1, hash: journal.hashes.at(-1) ?? new Uint8Array() };
    let decision = decidePush(last, offered);
    if (decision.outcome === "needHash")
      decision = decidePush(last, offered, { seq: decision.seq, hash: journal.hashes[decision.seq] ?? new Uint8Array() });
    if (decision.outcome === "needHash" || decision.outcome === "foreign") throw new TillsyncError("ingest.chain-broken");
    if (decision.outcome === "stored") {
      journal.hashes.push(...hashes.slice(decision.fromIndex));
      journal.lines.push(...batch.lines.slice(decision.fromIndex).map((line) => Buffer.from(line).toString()));
    }
    return pushAckSchema.parse({
      outcome: decision.outcome,
      head: this.head(header.epoch),
      maxEpoch: Math.max(1, ...this.journals.keys()),
      serverTimeMs: this.now(),
      ...this.news(header.verdictsAfter),
    });
  }

  private checkSignature(header: ReturnType<typeof decodeBatch>["header"]): void {
    if (this.journalKey === undefined) throw new TillsyncError("auth.missing");
    const key = createPublicKey({ key: this.journalKey, format: "jwk" });
    const message = headMessage(this.journalThumbprint(), header.epoch, header.head.seq, header.head.hash);
    if (!verify(null, message, key, Buffer.from(header.head.signature, "base64url"))) throw new TillsyncError("ingest.signature");
  }

  private news(after: number): { verdicts: Verdict[]; verdictsMore: boolean } {
    const open = this.verdicts.filter(({ n }) => n > after);
    return { verdicts: open.slice(0, 500), verdictsMore: open.length > 500 };
  }

  private held(of: Epoch): HeldJournal {
    let journal = this.journals.get(of);
    if (journal === undefined) this.journals.set(of, (journal = { hashes: [this.genesis(of)], lines: [] }));
    return journal;
  }

  private genesis(of: Epoch): Uint8Array {
    return genesisHash(pair, this.journalThumbprint(), of);
  }

  private journalThumbprint(): string {
    const { crv, kty, x } = this.journalKey ?? { crv: "", kty: "", x: "" };
    return createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");
  }
}
