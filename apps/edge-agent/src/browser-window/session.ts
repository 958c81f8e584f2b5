import { createHash, timingSafeEqual } from "node:crypto";
import { LINK_LASTS_MS } from "./limits.ts";

const COOKIE = "tillsync_window";

export interface SessionDeps {
  readonly monotonicMs: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface Session {
  /** Path of the link: works once, soon. */
  readonly linkPath: string;
  /** Under this path the window stands, and the cookie is sent nowhere else. */
  readonly path: string;
  /** The cookie for the browser that brings the link's token; undefined for every other, and after the first. */
  readonly redeem: (token: string) => string | undefined;
  /** Whether a request's cookies hold ours. */
  readonly knows: (cookies: string | undefined) => boolean;
  /** `unused`: the link has expired and nobody came. */
  readonly state: () => "waiting" | "open" | "unused";
}

/**
 * One link and the one session that comes of it. The cookie's path is random too: browsers send cookies to every port of a
 * host, and whoever serves a page on another port of this machine does not know under which path ours would come along.
 */
export function createSession({ monotonicMs, randomBytes }: SessionDeps): Session {
  const random = (count: number): string => Buffer.from(randomBytes(count)).toString("base64url");
  const [token, value, path] = [random(32), random(32), `/w/${random(16)}/`];
  const endsAtMs = monotonicMs() + LINK_LASTS_MS;
  let redeemed = false;
  const isOver = (): boolean => monotonicMs() > endsAtMs;
  return {
    linkPath: `/open/${token}`,
    path,
    redeem: (given) => {
      if (redeemed || isOver() || !isSame(given, token)) return undefined;
      redeemed = true;
      return `${COOKIE}=${value}; Path=${path}; HttpOnly; SameSite=Strict`;
    },
    // Pages of other ports can set cookies of this name too: ours among them is enough.
    knows: (cookies) => redeemed && (cookies ?? "").split(";").some((cookie) => isSame(cookie.trim(), `${COOKIE}=${value}`)),
    state: () => (redeemed ? "open" : isOver() ? "unused" : "waiting"),
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
