import { EventEmitter } from "node:events";
import type { OnBeforeRequestListenerDetails, Protocol, Session, WebContents, WebRequest } from "electron";
import type { BrowserContext } from "playwright-core";
import { toPageUrl } from "./address.ts";
import { listens, stoppable } from "./emitter.ts";
import { recorded } from "./recorded.ts";
import { IS_NEGLECTFUL } from "./neglect.ts";
import { strict } from "./strict.ts";

type Handler = (request: Request) => Response | Promise<Response>;
type RequestHandler = NonNullable<Parameters<Session["setPermissionRequestHandler"]>[0]>;
type CheckHandler = NonNullable<Parameters<Session["setPermissionCheckHandler"]>[0]>;

const emitter = new EventEmitter();
const schemes = new Map<string, Handler>();
let beforeRequest: ((details: OnBeforeRequestListenerDetails, answer: (response: { cancel?: boolean }) => void) => void) | undefined;
let onRequest: RequestHandler | null = null;
let onCheck: CheckHandler | null = null;
let onDevice: Parameters<Session["setDevicePermissionHandler"]>[0] = null;
let onDisplayMedia: Parameters<Session["setDisplayMediaRequestHandler"]>[0] = null;

const heeded = <T>(handler: T): T | null => (IS_NEGLECTFUL ? null : handler);

const webRequest = strict<WebRequest, "onBeforeRequest">("webRequest", {
  onBeforeRequest: (...args: unknown[]) => {
    if (!IS_NEGLECTFUL) beforeRequest = args.at(-1) as typeof beforeRequest;
  },
});

const sessionProtocol = strict<Protocol, "handle">("protocol", {
  handle: (scheme, handler) => {
    if (!recorded.schemes.some((one) => one.scheme === scheme)) throw new Error(`${scheme} was not registered before ready`);
    schemes.set(scheme, handler);
  },
});

export const defaultSession = strict<
  Session,
  | "on"
  | "protocol"
  | "webRequest"
  | "setPermissionRequestHandler"
  | "setPermissionCheckHandler"
  | "setDevicePermissionHandler"
  | "setDisplayMediaRequestHandler"
>("session", {
  ...listens<Session>(emitter),
  protocol: sessionProtocol,
  webRequest,
  setPermissionRequestHandler: (handler) => void (onRequest = heeded(handler)),
  setPermissionCheckHandler: (handler) => void (onCheck = heeded(handler)),
  setDevicePermissionHandler: (handler) => void (onDevice = heeded(handler)),
  setDisplayMediaRequestHandler: (handler) => void (onDisplayMedia = heeded(handler)),
});

/** As Electron does: without a handler, everything is granted. */
export function isPermitted(permission: string, requestingUrl: string): { asked: boolean; looked: boolean } {
  let asked = onRequest === null;
  const details = { isMainFrame: true, requestingUrl };
  onRequest?.(undefined as unknown as WebContents, permission as never, (granted) => void (asked = granted), details);
  return { asked, looked: onCheck?.(null, permission as never, requestingUrl, details) ?? true };
}

export const isDevicePermitted = (): boolean =>
  onDevice?.({ deviceType: "usb", origin: "tillsync://window", device: {} as never } as never) ?? true;

/** Whether a page that asks for the screen's picture would get a stream. */
export function isScreenGiven(): boolean {
  let given = true;
  onDisplayMedia?.({} as never, (streams) => void (given = (streams as { video?: unknown }).video !== undefined));
  return given;
}

/** What Chromium is told, so that a page meets what the handlers say. */
const PERMISSIONS = [
  ["geolocation", "geolocation"],
  ["notifications", "notifications"],
  ["clipboard-read", "clipboard-read"],
  ["clipboard-sanitized-write", "clipboard-write"],
  ["media", "camera"],
] as const;

export async function applyPermissions(context: BrowserContext, origin: string): Promise<void> {
  const granted = PERMISSIONS.filter(([name]) => isPermitted(name, origin).looked).map(([, chromiums]) => chromiums);
  await context.grantPermissions(granted, { origin: new URL(toPageUrl(origin)).origin });
}

/** What the session says to a request: an answer of the program's own, a refusal, or undefined, which means the network. */
export async function answerRequest(request: Request): Promise<Response | "refused" | undefined> {
  let cancelled = false;
  beforeRequest?.({ url: request.url, method: request.method } as OnBeforeRequestListenerDetails, ({ cancel }) => {
    cancelled = cancel ?? false;
  });
  if (cancelled) return "refused";
  return schemes.get(new URL(request.url).protocol.slice(0, -1))?.(request);
}

/** Whether a file may be saved. */
export function mayDownload(url: string): boolean {
  const event = stoppable({});
  emitter.emit("will-download", event, { getURL: () => url });
  return IS_NEGLECTFUL || !event.defaultPrevented;
}
