import type { IncomingMessage } from "node:http";
import { TillsyncError } from "@tillsync/sync-protocol";
import { checkHost, headerNames } from "../intake/check-caller.ts";

/**
 * What every request passes first: it names this machine and port, it is no upgrade, and it comes from where it may come from.
 * A question comes from the window's own page, by the browser's own word; a page is opened as a page, by whatever leads
 * there, and is otherwise asked for by itself alone. Throws `intake.host-refused`, `window.origin-refused`.
 */
export function checkPage(
  request: Pick<IncomingMessage, "headers" | "rawHeaders" | "url" | "method">,
  origin: string,
  hosts: Pick<ReadonlySet<string>, "has">,
): void {
  checkHost(request, hosts);
  const refuse = (why: string): never => {
    throw new TillsyncError("window.origin-refused", why);
  };
  const names = headerNames(request);
  if (names.includes("upgrade")) refuse("upgrade");
  const { "sec-fetch-site": site, "sec-fetch-dest": dest, "sec-purpose": purpose } = request.headers;
  // A page that is fetched before anybody asks for it would use up the link.
  if (purpose !== undefined) refuse("sec-purpose");
  if (request.method === "POST") {
    if (names.filter((name) => name === "origin").length !== 1 || request.headers.origin !== origin) refuse("origin");
    if (site !== undefined && site !== "same-origin") refuse("sec-fetch-site");
    return;
  }
  const isOwn = site === undefined || site === "same-origin";
  if (!isOwn && dest !== "document") refuse("sec-fetch-site");
}
