import { TillsyncError } from "@tillsync/sync-protocol";

/**
 * The cloud's address in its one spelling, without a slash at its end. A path before `/v1` may be in it. Throws
 * `enrol.insecure-url` for plain http to another machine, `usage.invalid` for what is no address.
 */
export function cloudUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new TillsyncError("usage.invalid", `no address: ${text}`);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new TillsyncError("usage.invalid", "the address holds more than host, port and path");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) throw new TillsyncError("enrol.insecure-url", url.origin);
  return url.href.replace(/\/+$/, "");
}

/** The URL parser has brought every spelling of an IPv4 address to four decimal numbers. */
const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
