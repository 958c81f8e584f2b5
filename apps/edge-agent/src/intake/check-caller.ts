import type { IncomingMessage } from "node:http";
import { TillsyncError } from "@tillsync/sync-protocol";

/** The two names by which a program on this machine asks for the port, and no other. */
export const hostsOf = (port: number): ReadonlySet<string> => new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);

/** Headers that browsers alone send, and send even where a page has not asked for it. */
const BROWSER_HEADERS = ["origin", "referer", "sec-fetch-site", "access-control-request-method"] as const;

/** The address in a request's line and the one in its header: both must be this machine's. Throws `intake.host-refused`. */
export function checkHost(request: Pick<IncomingMessage, "headers" | "rawHeaders" | "url">, hosts: Pick<ReadonlySet<string>, "has">): void {
  if (headerNames(request).filter((name) => name === "host").length !== 1) throw new TillsyncError("intake.host-refused");
  if (!hosts.has(request.headers.host ?? "")) throw new TillsyncError("intake.host-refused");
  // A whole address in the request line names a host of its own, which would count before the header.
  if (request.url?.startsWith("/") !== true) throw new TillsyncError("intake.host-refused");
}

/** Names of all headers, as often as each came. */
export const headerNames = ({ rawHeaders }: Pick<IncomingMessage, "rawHeaders">): string[] =>
  rawHeaders.filter((_text, i) => i % 2 === 0).map((name) => name.toLowerCase());

/**
 * What stands before everything else, the token included. A page whose name was pointed at this machine still names
 * itself as host; a page that asks across origins is given away by its browser. Reading is refused like writing: there
 * is no page that may ask. Throws `intake.host-refused`, `intake.browser-refused`, `wire.malformed`.
 */
export function checkCaller(request: Pick<IncomingMessage, "headers" | "rawHeaders" | "url">, hosts: ReadonlySet<string>): void {
  checkHost(request, hosts);
  const names = headerNames(request);
  for (const header of BROWSER_HEADERS) if (names.includes(header)) throw new TillsyncError("intake.browser-refused", header);
  if (names.includes("upgrade")) throw new TillsyncError("intake.browser-refused", "upgrade");
  if (names.filter((name) => name === "authorization").length > 1) throw new TillsyncError("wire.malformed", "authorization");
}
