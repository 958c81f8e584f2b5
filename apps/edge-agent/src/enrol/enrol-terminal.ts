import { createHash } from "node:crypto";
import { enrolCodeSchema, TillsyncError } from "@tillsync/sync-protocol";
import { loadOrCreateKeys, type TerminalKeys } from "../keys/key-files.ts";
import { cloudUrl } from "../replicator/cloud-url.ts";
import { createHttpTransport } from "../replicator/http-transport.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import { AGENT_VERSION } from "./agent-version.ts";
import { loadEnrolment, saveEnrolment, type Enrolment } from "./enrolment.ts";
import { redeemCode } from "./redeem-code.ts";

export interface EnrolOptions {
  readonly dir: string;
  readonly url: string;
  readonly code: string;
  readonly caFile?: string | undefined;
}

export interface EnrolDeps {
  readonly ports: ReplicatorPorts;
  readonly env: NodeJS.ProcessEnv;
}

export interface Enrolled {
  readonly enrolment: Enrolment;
  /** The same command had succeeded before; nothing was asked or changed. */
  readonly repeated: boolean;
}

/**
 * Makes the folder's keys if there are none, redeems the code for them and keeps what the cloud says. The private keys
 * stay here. May be repeated after any failure, also while an agent runs on the folder; a repeat after success changes
 * nothing. Throws `enrol.already` for another code, `enrol.insecure-url`, `usage.invalid`, and as `redeemCode`.
 */
export async function enrolTerminal(options: EnrolOptions, deps: EnrolDeps): Promise<Enrolled> {
  const url = cloudUrl(options.url);
  const code = enrolCodeSchema.safeParse(options.code);
  if (!code.success) throw new TillsyncError("enrol.code-invalid", "a code has 12 letters and digits");
  const codeHash = createHash("sha256").update(code.data).digest("base64url");
  const keys = loadOrCreateKeys(options.dir);
  const known = loadEnrolment(options.dir);
  if (known !== undefined && isFor(known, keys)) {
    if (known.codeHash === codeHash && known.url === url) return { enrolment: known, repeated: true };
    throw new TillsyncError("enrol.already", `as terminal ${known.terminal} of store ${known.store}`);
  }
  const transport = createHttpTransport({ url, connections: 1, caFile: options.caFile, env: deps.env, ports: deps.ports });
  try {
    const { serverTimeMs: _, ...given } = await redeemCode(transport, {
      code: code.data,
      identityKey: keys.identity.publicJwk,
      journalKey: keys.journal.publicJwk,
      agentVersion: AGENT_VERSION,
    });
    const enrolment: Enrolment = {
      version: 1,
      ...given,
      url,
      ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
      identityThumbprint: keys.identity.thumbprint,
      journalThumbprint: keys.journal.thumbprint,
      codeHash,
    };
    saveEnrolment(options.dir, enrolment);
    return { enrolment, repeated: false };
  } finally {
    await transport.close();
  }
}

/** An enrolment speaks for the keys that it was made with; after their loss the terminal enrols again. */
export const isFor = (enrolment: Enrolment, keys: TerminalKeys): boolean =>
  enrolment.identityThumbprint === keys.identity.thumbprint && enrolment.journalThumbprint === keys.journal.thumbprint;
