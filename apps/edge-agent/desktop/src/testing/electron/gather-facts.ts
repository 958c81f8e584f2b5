import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CustomScheme, WebPreferences } from "electron";
import { FUSES } from "../../../electron-builder.config.ts";
import { ASK_CHANNEL } from "../../bridge-channel.ts";
import type { Desktop } from "./start-desktop.ts";

/** What a page and what surrounds it is permitted, by name. */
const PERMISSIONS = ["geolocation", "notifications", "media", "midi", "clipboard-read", "fullscreen", "openExternal", "hid", "serial"];
const FOREIGN = "https://evil.example/";

/** What a check of the running program rests on: what it did and what it answered, and the text of what was built. */
export interface Facts {
  readonly preferences: WebPreferences;
  readonly scheme: CustomScheme;
  readonly sandboxed: boolean;
  /** Headers of the page and of an answer that refuses. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  /** What the page finds: names of its bridge, Node's globals, whether inline script and eval ran. */
  readonly page: { bridge: readonly string[]; globals: readonly string[]; ran: readonly string[]; secure: boolean };
  readonly permitted: readonly string[];
  /** What left the page's origin, or opened beside it. */
  readonly escaped: readonly string[];
  /** Who got an answer of the agent's and should not have. */
  readonly answered: readonly string[];
  readonly fuses: Readonly<Record<string, boolean>>;
  readonly electron: { readonly pinned: string; readonly types: string };
  /** The bundles of main and preload, and the page. */
  readonly built: { readonly main: string; readonly preload: string; readonly page: string };
}

const PAGE = `(async () => {
  const ran = [];
  window.ran = ran;
  // Later, on the page's own account: what a debugger runs is not held to the policy.
  await new Promise((resolve) => setTimeout(() => {
    const script = document.createElement("script");
    try { script.text = "window.ran.push('inline')"; document.head.append(script); } catch {}
    try { document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\\"window.ran.push('handler')\\">"); } catch {}
    try { (0, eval)("window.ran.push('eval')"); } catch {}
    setTimeout(resolve, 100);
  }));
  const headers = [];
  for (const path of ["index.html", "no-such.js", "%2e%2e/main/index.mjs"]) headers.push({ status: "", ...Object.fromEntries((await fetch(path)).headers) });
  return {
    headers,
    page: {
      bridge: Object.keys(window.tillsync), ran, secure: isSecureContext,
      globals: ["require", "process", "Buffer", "module", "global", "ipcRenderer", "electron"].filter((name) => name in window),
    },
  };
})()`;

export async function gatherFacts(desktop: Desktop, out: string): Promise<Facts> {
  const read = (path: string): string => readFileSync(path, "utf8");
  const { headers, page } = await desktop.inPage<Pick<Facts, "headers" | "page">>(PAGE);
  const { preferences, schemes, sandboxed } = await desktop.ask("recorded");
  const manifest = JSON.parse(read(fileURLToPath(new URL("../../../package.json", import.meta.url)))) as {
    devDependencies: { electron: string };
  };
  const types = JSON.parse(read(fileURLToPath(import.meta.resolve("electron/package.json")))) as { version: string };
  return {
    preferences: preferences[0] ?? {},
    scheme: schemes[0] ?? { scheme: "" },
    sandboxed,
    headers,
    page,
    permitted: await gatherPermitted(desktop),
    answered: await gatherAnswered(desktop),
    // The last: where a page does get away, nothing more can be asked of it.
    escaped: await gatherEscaped(desktop),
    fuses: FUSES,
    electron: { pinned: manifest.devDependencies.electron, types: types.version },
    built: { main: read(`${out}/main/index.mjs`), preload: read(`${out}/preload/index.cjs`), page: read(`${out}/window/index.html`) },
  };
}

async function gatherPermitted(desktop: Desktop): Promise<string[]> {
  const found: string[] = [];
  for (const [name, url] of [
    ...PERMISSIONS.map((name) => [name, "tillsync://window/index.html"] as const),
    ["clipboard-sanitized-write", FOREIGN] as const,
  ]) {
    const { asked, looked, device, screen } = await desktop.ask("permission", name, url);
    if (asked || looked) found.push(`${name} for ${url}`);
    if (device) found.push("a device");
    if (screen) found.push("the screen's picture");
  }
  return found;
}

async function gatherEscaped(desktop: Desktop): Promise<string[]> {
  const found: string[] = [];
  for (const event of ["will-redirect", "will-attach-webview"])
    if (!(await desktop.ask("emit", "contents", event, FOREIGN))) found.push(event);
  await desktop.inPage(`void window.open("${FOREIGN}popup")`);
  await desktop.inPage(`fetch("${FOREIGN}fetch").catch(() => undefined).then(() => undefined)`);
  await desktop.inPage(
    `{ const link = document.createElement("a"); link.href = "data:text/plain,x"; link.download = "x"; document.body.append(link); link.click(); }`,
  );
  await desktop.inPage(
    `{ const link = document.createElement("a"); link.href = "${FOREIGN}link"; document.body.append(link); link.click(); }`,
  );
  const seen = await desktop.until(
    "recorded",
    ({ popups, requests, downloads }) => popups.length > 0 && downloads.length > 0 && requests.some(({ url }) => url.endsWith("link")),
  );
  const left = seen.requests.filter(
    ({ url, outcome }) => outcome === "left" || (outcome === "served" && !url.startsWith("tillsync://window/")),
  );
  found.push(...left.map(({ url }) => url), ...seen.popups.filter(({ outcome }) => outcome === "opened").map(({ url }) => url));
  found.push(...seen.downloads.filter(({ outcome }) => outcome === "taken").map(({ url }) => url));
  const where = await desktop.inPage<string>("location.href").catch(() => "another page");
  if (!where.startsWith("http://window.tillsync.localhost/")) found.push(where);
  return found;
}

async function gatherAnswered(desktop: Desktop): Promise<string[]> {
  const found: string[] = [];
  const answers = (answer: unknown): boolean => JSON.stringify(answer).includes("result");
  for (const url of [FOREIGN, "tillsync://other/index.html", "file:///window/index.html", "about:blank", "tillsync://window.evil.example/"])
    if (answers(await desktop.ask("invokesFrom", url, ASK_CHANNEL, "snapshot", {}))) found.push(url);
  await desktop.inPage(`new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.addEventListener("load", () => resolve());
    document.body.append(frame);
  })`);
  if (answers(await desktop.ask("subframeInvokes", ASK_CHANNEL, "snapshot", {}))) found.push("a frame within the page");
  const [stop, odd] = await desktop.inPage<unknown[]>(
    `Promise.all([window.tillsync.ask("stop", {}), window.tillsync.ask("snapshot", { more: 1 })])`,
  );
  if (answers(stop)) found.push("a method of the owner's");
  if (answers(odd)) found.push("a request that does not fit");
  return found;
}
