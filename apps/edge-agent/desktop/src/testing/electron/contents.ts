import { EventEmitter } from "node:events";
import type { WebContents, WebFrameMain } from "electron";
import type { BrowserContext, CDPSession, Page, Request as PageRequest, Route } from "playwright-core";
import { toAppUrl, toPageUrl } from "./address.ts";
import { openContext } from "./browser.ts";
import { listens, stoppable } from "./emitter.ts";
import { invoke } from "./ipc.ts";
import { IS_NEGLECTFUL } from "./neglect.ts";
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

interface OpenPage extends Contents {
  readonly route: (route: Route) => Promise<void>;
  readonly denies: (url: string) => boolean;
}
const pages = new Map<Page, OpenPage>();
/** Pages that the program itself opens just now; any other is a page's own doing. */
let opening = 0;

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
  const denies = (url: string): boolean => !IS_NEGLECTFUL && openHandler?.({ url, frameName: "", features: "" } as never).action === "deny";

  const open = async (): Promise<Page> => {
    const context = await openContext(routeAll);
    opening += 1;
    const made = await context.newPage().finally(() => (opening -= 1));
    pages.set(made, self);
    made.on("crash", () => {
      crashed = true;
      emitter.emit("render-process-gone", {}, { reason: "crashed", exitCode: 5 });
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

  const self: OpenPage = {
    api,
    denies,
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
  return !IS_NEGLECTFUL && event.defaultPrevented;
}

const routeAll = async (context: BrowserContext): Promise<void> => {
  await applyPermissions(context, "tillsync://window/");
  context.on("page", (popup) => {
    if (opening === 0 && !mayOpen(toAppUrl(popup.url()))) void popup.close().catch(() => undefined);
  });
  await context.route("**/*", async (route) => {
    const request = route.request();
    const owner = ownerOf(request);
    const url = toAppUrl(request.url());
    if (owner === undefined && mayOpen(url)) await route.fulfill({ status: 200 }).catch(() => undefined);
    else await (owner === undefined ? finish(route, url, "prevented") : owner.route(route)).catch(() => undefined);
  });
};

/** What the program says to a page that another one opens. */
function mayOpen(url: string): boolean {
  const opens = [...pages.values()].some((page) => !page.denies(url));
  recorded.popups.push({ url, outcome: opens ? "opened" : "denied" });
  return opens;
}

/** A request for a page that is only being opened has no frame yet: it is a popup's. */
function ownerOf(request: PageRequest): OpenPage | undefined {
  try {
    return pages.get(request.frame().page());
  } catch {
    return undefined;
  }
}

async function serve(route: Route, url: string): Promise<void> {
  const method = route.request().method();
  const answer = await answerRequest(new Request(url, { method }));
  if (answer === "refused") return finish(route, url, "refused");
  if (answer === undefined) return finish(route, url, "left");
  recorded.requests.push({ url, outcome: "served" });
  await route.fulfill({
    status: answer.status,
    headers: IS_NEGLECTFUL ? { "content-type": answer.headers.get("content-type") ?? "" } : Object.fromEntries(answer.headers),
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
