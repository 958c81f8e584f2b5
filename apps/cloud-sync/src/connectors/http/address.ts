import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { isPrivateAddress, literalAddress } from "../address-guard.ts";

/** A receiver that commits and then dawdles costs a repeat or a look-up; Standard Webhooks advises 15 to 30 s. */
const TIMEOUT_MS = 15_000;
const TIMEOUT_MAX_MS = 120_000;

/** Fields of every connector that speaks HTTP. */
export const addressShape = {
  url: z.url({ protocol: /^https?$/, abort: true }).refine((url) => !new URL(url).username, "no credentials in the address"),
  /** Deadline of one request. */
  timeoutMs: z.number().int().min(100).max(TIMEOUT_MAX_MS).default(TIMEOUT_MS),
  /** Lets the address be on this machine or its network, and be plain http. */
  allowPrivateNetwork: z.boolean().default(false),
};

export interface Address {
  readonly url: string;
  readonly timeoutMs: number;
  readonly allowPrivateNetwork: boolean;
}

/** Plain http carries secrets in the clear: only on the retailer's own network, and only when that is said. */
export const isEncryptedOrPrivate = (address: Pick<Address, "url" | "allowPrivateNetwork">): boolean =>
  address.allowPrivateNetwork || address.url.startsWith("https:");

export const PLAIN_HTTP = { path: ["url"], message: "plain http needs allowPrivateNetwork" };

/** A private address in the address itself. Names are looked at when they are resolved, in the connection. */
export function isRefusedLiteral(address: Pick<Address, "url" | "allowPrivateNetwork">): boolean {
  const literal = literalAddress(new URL(address.url));
  return !address.allowPrivateNetwork && literal !== undefined && isPrivateAddress(literal);
}

/** Throws `destination.address-refused`. */
export function checkAddress(address: Pick<Address, "url" | "allowPrivateNetwork">): void {
  if (isRefusedLiteral(address)) throw new TillsyncError("destination.address-refused", new URL(address.url).host);
}
