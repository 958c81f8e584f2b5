import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { CONTENT_SECURITY_POLICY } from "@tillsync/edge-agent/window-api";
import { listFiles } from "./list-files.ts";
import { isWindowUrl } from "./window-origin.ts";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".json": "application/json",
};

/** On every answer, also on refusals. */
const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), display-capture=()",
  "cache-control": "no-cache",
} as const;

/**
 * Serves the window's origin from the files that the build made, listed once at the start: an address is looked up by its
 * whole name, so no spelling of a path leads anywhere else. Anything but reading is refused.
 */
export function serveWindow(folder: string): (request: Request) => Promise<Response> {
  const files = listFiles(folder);
  return async ({ method, url }) => {
    if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405, headers: HEADERS });
    const name = isWindowUrl(url) ? new URL(url).pathname.slice(1) : undefined;
    const mediaType = name === undefined ? undefined : MEDIA_TYPES[extname(name)];
    if (name === undefined || mediaType === undefined || !files.has(name)) return new Response(null, { status: 404, headers: HEADERS });
    const body = method === "HEAD" ? null : await readFile(join(folder, name));
    return new Response(body, { headers: { ...HEADERS, "content-type": mediaType } });
  };
}
