import type { CustomScheme } from "electron";

const SCHEME = "tillsync";
const HOST = "window";

export const WINDOW_URL = `${SCHEME}://${HOST}/index.html`;

/**
 * The window's own origin: as strict as https, so that `'self'`, storage and modules work as on the web. It may not get
 * around a content security policy, is open to no other origin and runs no service worker that would outlive an update.
 */
export const WINDOW_SCHEME = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, bypassCSP: false, corsEnabled: false, allowServiceWorkers: false },
} as const satisfies CustomScheme;

/** Whether an address is of the window's origin; whatever cannot be read as an address is not. */
export function isWindowUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${SCHEME}:` && host === HOST && username === "" && password === "";
}

/** What the page may load: its own files, and what it has made itself. */
export function isOwnResource(address: string): boolean {
  return isWindowUrl(address) || address.startsWith("data:") || isOwnBlob(address);
}

/** A file that the page has made, such as a support bundle to be saved. */
export const isOwnBlob = (address: string): boolean => address.startsWith(`blob:${SCHEME}://${HOST}/`);
