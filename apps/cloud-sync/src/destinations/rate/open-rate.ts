import type { Database } from "../../db/database.ts";
import type { BackgroundPorts } from "../../subscribers/ports.ts";
import type { Seal } from "../seal.ts";
import { exchange } from "./exchange.ts";
import { openPermits, type Permits } from "./permits.ts";
import type { RateRule } from "./rate-rule.ts";

/** What decides which destinations share a limit: vendors count by account, and an account is known by its secrets. */
interface CredentialParts {
  readonly kind: string;
  readonly own: Readonly<Record<string, unknown>>;
  readonly secretFields: readonly string[];
}

/** This process's part of the rate limit of a destination's credential. Close it with the line. */
export function openRate(db: Database, seal: Seal, parts: CredentialParts, rule: RateRule | undefined, ports: BackgroundPorts): Permits {
  const credential = credentialOf(seal, parts);
  return openPermits(ports, (report) => exchange(db, credential, rule, report), rule?.perSecond);
}

/** The same for every destination of one kind and host with the same secrets; tells nothing of them without the seal's key. */
export function credentialOf(seal: Seal, { kind, own, secretFields }: CredentialParts): string {
  const secrets = secretFields.toSorted().map((field) => [field, own[field] ?? null]);
  return seal.digest(JSON.stringify([kind, hostOf(own["url"]), secrets]));
}

function hostOf(url: unknown): string | null {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).host : null;
}
