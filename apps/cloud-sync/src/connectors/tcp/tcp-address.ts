import { isIP } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { isPrivateAddress } from "../address-guard.ts";
import type { ClientCertificate } from "./client-certificate.ts";
import { isCertificates } from "./pem.ts";

/** A server that commits and then dawdles costs a repeat or a look-up. */
const TIMEOUT_MS = 15_000;
const TIMEOUT_MAX_MS = 120_000;
/** A certificate authority's own certificates, as text; a chain of a few has some kilobytes. */
const CA_CHARS_MAX = 32_000;

/** Fields of every connector that speaks a protocol of its own over TCP. */
export const tcpShape = {
  /** `verify`: TLS, and the certificate must be of the server's name. `off` carries everything in the clear: own network only. */
  tls: z.enum(["verify", "off"]).default("verify"),
  /** PEM of the authority that signed the server's certificate, where it is none that everybody knows. */
  ca: z.string().max(CA_CHARS_MAX).refine(isCertificates, "PEM of certificates").optional(),
  /** Deadline of one request. */
  timeoutMs: z.number().int().min(100).max(TIMEOUT_MAX_MS).default(TIMEOUT_MS),
  /** Lets servers be on this machine or its network, and be spoken to without TLS. */
  allowPrivateNetwork: z.boolean().default(false),
};

export interface TcpAddress {
  readonly tls: "verify" | "off";
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  readonly allowPrivateNetwork: boolean;
}

export const isTlsOrPrivate = (address: Pick<TcpAddress, "tls" | "allowPrivateNetwork">): boolean =>
  address.allowPrivateNetwork || address.tls === "verify";

export const PLAIN_TCP = { path: ["tls"], message: "off needs allowPrivateNetwork" };

/** Options of `tls.connect` for a server of this name, or false. */
export const tlsOptions = (address: Pick<TcpAddress, "tls" | "ca"> & ClientCertificate, host: string): false | TlsOptions =>
  address.tls === "off"
    ? false
    : {
        rejectUnauthorized: true,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(address.ca === undefined ? {} : { ca: address.ca }),
        ...(address.clientCertificate === undefined ? {} : { cert: address.clientCertificate }),
        ...(address.clientKey === undefined ? {} : { key: address.clientKey }),
      };

export interface TlsOptions {
  readonly rejectUnauthorized: true;
  readonly servername?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A private address among host names that are literals. Names are looked at when they are resolved, in the connection. */
export function refusedHost(hosts: readonly string[], address: Pick<TcpAddress, "allowPrivateNetwork">): string | undefined {
  if (address.allowPrivateNetwork) return undefined;
  return hosts.find((host) => isIP(host) !== 0 && isPrivateAddress(host));
}

/** Throws `destination.address-refused`. */
export function checkHosts(hosts: readonly string[], address: Pick<TcpAddress, "allowPrivateNetwork">): void {
  const refused = refusedHost(hosts, address);
  if (refused !== undefined) throw new TillsyncError("destination.address-refused", refused);
}

export const ADDRESS_REFUSED = { kind: "set-up", detail: "the address is private (destination.address-refused)" } as const;

/** The host of a URL, an IPv6 literal without its brackets. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");
