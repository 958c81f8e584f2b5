import { EventEmitter } from "node:events";
import type { WebContents, WebFrameMain } from "electron";
import type { BrowserContext, CDPSession, Page, Route } from "playwright-core";
import { toAppUrl, toPageUrl } from "./address.ts";
import { openContext } from "./browser.ts";
import { listens, stoppable } from "./emitter.ts";
import { invoke } from "./ipc.ts";
import { recorded } from "./recorded.ts";
import { answerRequest, applyPermissions, mayDownload } from "./session.ts";
import { strict } from "./strict.ts";
import { addPreload, type CallingFrame } from "./worlds.ts";

type OpenHandler = Parameters<WebContents["setWindowOpenHandler"]>[0];

/** One page and what Electron calls its contents. */
export interface Contents {
  readonly api: WebContents;
  readonly emitter: EventEmitter;
  readonly load: (url: string) => Promise<void>;
  readonly page: () => Page | undefined;
  readonly cdp: () => CDPSession | undefined;
  readonly isCrashed: () => boolean;
  /** The page that was last asked for is there. */
  readonly isLoaded: () => boolean;
  readonly close: () => Promise<void>;
}

const pages = new Map<Page, Contents & { readonly route: (route: Route) => Promise<void> }>();

export function makeContents(preload: string, onCreated: (contents: WebContents) => void): Contents {
  const emitter = new EventEmitter();
  let page: Page | undefined;
  let cdp: CDPSession | undefined;
  let crashed = false;
  let loaded = false;
  let loading: string | undefined;
  let openHandler: OpenHandler | undefined;

  const api = strict<WebContents, "on" | "setWindowOpenHandler" | "forcefullyCrashRenderer" | "invalidate">("webContents", {
    ...listens<WebContents>(emitter),
    setWindowOpenHandler: (handler) => void (openHandler = handler),
    forcefullyCrashRenderer: () => void cdp?.send("Page.crash").catch(() => undefined),
    invalidate: () => void (recorded.redrawn += 1),
  });
  const denies = (url: string): boolean => openHandler?.({ url, frameName: "", features: "" } as never).action === "deny";

  const open = async (): Promise<Page> => {
    const context = await openContext(routeAll);
    const made = await context.newPage();
    pages.set(made, self);
    made.on("crash", () => {
      crashed = true;
      emitter.emit("render-process-gone", {}, { reason: "crashed", exitCode: 5 });
    });
    made.on("popup", (popup) => {
      const denied = denies(toAppUrl(popup.url()));
      recorded.popups.push({ url: toAppUrl(popup.url()), outcome: denied ? "denied" : "opened" });
      if (denied) void popup.close().catch(() => undefined);
    });
    made.on("download", (download) => {
      const url = toAppUrl(download.url());
      const taken = mayDownload(url);
      recorded.downloads.push({ url, outcome: taken ? "taken" : "prevented" });
      if (!taken) void download.cancel().catch(() => undefined);
    });
    cdp = await addPreload(made, preload, (channel, args, frame) => invoke(channel, args, { sender: api, senderFrame: asFrame(frame) }));
    return made;
  };

  const self = {
    api,
    emitter,
    page: () => page,
    cdp: () => cdp,
    isCrashed: () => crashed,
    isLoaded: () => loaded && !crashed,
    load: async (url: string) => {
      if (crashed || page === undefined) {
        const fallen = page;
        if (fallen !== undefined) pages.delete(fallen);
        page = await open();
        crashed = false;
        void fallen?.close().catch(() => undefined);
      }
      loaded = false;
      loading = toPageUrl(url);
      await page.goto(loading, { waitUntil: "load" });
      loaded = true;
    },
    close: async () => {
      if (page !== undefined) pages.delete(page);
      await page?.close().catch(() => undefined);
    },
    route: async (route: Route) => {
      const request = route.request();
      const url = toAppUrl(request.url());
      if (request.isNavigationRequest()) {
        const isMainFrame = request.frame() === page?.mainFrame();
        const own = isMainFrame && request.url() === loading;
        loading = isMainFrame ? undefined : loading;
        if (!own && isPrevented(emitter, url, isMainFrame)) return finish(route, url, "prevented");
      }
      await serve(route, url);
    },
  };
  onCreated(api);
  return self;
}

/** `will-navigate` for the page's own frame, `will-frame-navigate` for each. */
function isPrevented(emitter: EventEmitter, url: string, isMainFrame: boolean): boolean {
  const event = stoppable({ url, isMainFrame, isSameDocument: false });
  if (isMainFrame) emitter.emit("will-navigate", event);
  emitter.emit("will-frame-navigate", event);
  return event.defaultPrevented;
}

const routeAll = async (context: BrowserContext): Promise<void> => {
  await applyPermissions(context, "tillsync://window/");
  await context.route("**/*", async (route) => {
    const request = route.request();
    const owner = request.serviceWorker() === null ? pages.get(request.frame().page()) : undefined;
    await (owner === undefined ? finish(route, toAppUrl(request.url()), "prevented") : owner.route(route)).catch(() => undefined);
  });
};

async function serve(route: Route, url: string): Promise<void> {
  const method = route.request().method();
  const answer = await answerRequest(new Request(url, { method }));
  if (answer === "refused") return finish(route, url, "refused");
  if (answer === undefined) return finish(route, url, "left");
  recorded.requests.push({ url, outcome: "served" });
  await route.fulfill({
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Buffer.from(await answer.arrayBuffer()),
  });
}

/** A navigation that is prevented leaves the page as it is: an answer without content does the same. Nothing goes to the network. */
async function finish(route: Route, url: string, outcome: "refused" | "prevented" | "left"): Promise<void> {
  recorded.requests.push({ url, outcome });
  if (outcome === "prevented") await route.fulfill({ status: 204 });
  else await route.abort("blockedbyclient");
}

function asFrame({ url, isTop }: CallingFrame): WebFrameMain {
  const frame = { url: toAppUrl(url), parent: isTop ? null : ({} as WebFrameMain) };
  return strict<WebFrameMain, "url" | "parent">("senderFrame", frame);
}
