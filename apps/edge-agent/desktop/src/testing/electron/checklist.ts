import { CONTENT_SECURITY_POLICY } from "@tillsync/edge-agent/window-api";
import type { Facts } from "./gather-facts.ts";

/** One point of the list of advice on security in Electron's own guide, by its number there, as a check that can fail. */
export interface Point {
  readonly n: number;
  readonly point: string;
  readonly holds: (facts: Facts) => boolean;
  /** What a program that neglects the point would look like: the check must notice each. */
  readonly broken: readonly ((facts: Facts) => Facts)[];
}

const withPreference =
  (change: Partial<Facts["preferences"]>) =>
  (facts: Facts): Facts => ({ ...facts, preferences: { ...facts.preferences, ...change } });
const withBuilt =
  (part: keyof Facts["built"], text: string) =>
  (facts: Facts): Facts => ({ ...facts, built: { ...facts.built, [part]: facts.built[part] + text } });
const withPage =
  (change: Partial<Facts["page"]>) =>
  (facts: Facts): Facts => ({ ...facts, page: { ...facts.page, ...change } });
const escaped =
  (...what: string[]) =>
  (facts: Facts): Facts => ({ ...facts, escaped: what });
const withFuse =
  (name: string, value: boolean) =>
  (facts: Facts): Facts => ({ ...facts, fuses: { ...facts.fuses, [name]: value } });
const withPolicy =
  (change: (policy: string) => string) =>
  (facts: Facts): Facts => ({
    ...facts,
    headers: facts.headers.map((headers) => ({ ...headers, "content-security-policy": change(headers["content-security-policy"] ?? "") })),
  });

/** Newest first; what is older than the third has no more repairs. */
const ELECTRON_MAJOR_MIN = 45;

const FUSES_WANTED: Readonly<Record<string, boolean>> = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  enableCookieEncryption: true,
  grantFileProtocolExtraPrivileges: false,
};

export const CHECKLIST: readonly Point[] = [
  {
    n: 1,
    point: "nothing comes over an unsafe line: all of the page is of the program's own scheme, in a secure context",
    holds: ({ page, scheme, built }) => page.secure && scheme.privileges?.secure === true && !/(src|href)="(https?:)?\/\//.test(built.page),
    broken: [withPage({ secure: false }), withBuilt("page", '<script src="http://cdn.example/x.js">')],
  },
  {
    n: 2,
    point: "pages have no Node",
    holds: ({ preferences: p, page }) =>
      p.nodeIntegration === false &&
      p.nodeIntegrationInWorker === false &&
      p.nodeIntegrationInSubFrames === false &&
      page.globals.length === 0,
    broken: [
      withPreference({ nodeIntegration: true }),
      withPreference({ nodeIntegrationInWorker: true }),
      withPreference({ nodeIntegrationInSubFrames: true }),
      withPage({ globals: ["require"] }),
    ],
  },
  {
    n: 3,
    point: "the preload has a world of its own",
    holds: ({ preferences }) => preferences.contextIsolation === true,
    broken: [withPreference({ contextIsolation: false })],
  },
  {
    n: 4,
    point: "every page is in the sandbox",
    holds: ({ preferences, sandboxed }) => preferences.sandbox === true && sandboxed,
    broken: [withPreference({ sandbox: false }), (facts) => ({ ...facts, sandboxed: false })],
  },
  {
    n: 5,
    point: "permissions are denied, asked for or looked up, devices and the screen too",
    holds: ({ permitted }) => permitted.length === 0,
    broken: [(facts) => ({ ...facts, permitted: ["media for tillsync://window/index.html"] })],
  },
  {
    n: 6,
    point: "web security is on",
    holds: ({ preferences, scheme }) => preferences.webSecurity === true && scheme.privileges?.corsEnabled !== true,
    broken: [withPreference({ webSecurity: false })],
  },
  {
    n: 7,
    point: "a content security policy stands on every answer, and holds: no inline script, no handler, no eval",
    holds: ({ headers, page, scheme }) =>
      headers.length > 1 &&
      headers.every((one) => one["content-security-policy"] === CONTENT_SECURITY_POLICY && one["x-content-type-options"] === "nosniff") &&
      /default-src 'none'/.test(CONTENT_SECURITY_POLICY) &&
      /require-trusted-types-for 'script'/.test(CONTENT_SECURITY_POLICY) &&
      !/unsafe|\*/.test(CONTENT_SECURITY_POLICY) &&
      scheme.privileges?.bypassCSP !== true &&
      page.ran.length === 0,
    broken: [withPolicy(() => ""), withPolicy((policy) => policy.replace("'self'", "'unsafe-inline'")), withPage({ ran: ["inline"] })],
  },
  {
    n: 8,
    point: "no insecure content in a secure page",
    holds: ({ preferences }) => preferences.allowRunningInsecureContent === false,
    broken: [withPreference({ allowRunningInsecureContent: true })],
  },
  {
    n: 9,
    point: "no experimental features",
    holds: ({ preferences }) => preferences.experimentalFeatures === false,
    broken: [withPreference({ experimentalFeatures: true })],
  },
  {
    n: 10,
    point: "no features of Blink's are switched on by name",
    holds: ({ preferences }) => preferences.enableBlinkFeatures === undefined,
    broken: [withPreference({ enableBlinkFeatures: "X" })],
  },
  {
    n: 11,
    point: "no webview, so none that may open windows",
    holds: ({ preferences, built }) => preferences.webviewTag === false && !/allowpopups/.test(built.page),
    broken: [withPreference({ webviewTag: true })],
  },
  {
    n: 12,
    point: "a webview that is attached all the same is prevented",
    holds: (facts) => !facts.escaped.includes("will-attach-webview"),
    broken: [escaped("will-attach-webview")],
  },
  {
    n: 13,
    point: "no page leaves the window's origin, by link or by redirect, and none asks the network",
    holds: (facts) => facts.escaped.length === 0,
    broken: [escaped("https://evil.example/link"), escaped("will-redirect")],
  },
  {
    n: 14,
    point: "no page opens another window",
    holds: (facts) => facts.escaped.length === 0,
    broken: [escaped("https://evil.example/popup")],
  },
  {
    n: 15,
    point: "nothing is handed to the system to open",
    holds: ({ built }) => !/openExternal|openPath/.test(built.main),
    broken: [withBuilt("main", "shell.openExternal(url)")],
  },
  {
    n: 16,
    point: "Electron is pinned to one version of a line that still gets repairs",
    holds: ({ electron: { pinned, types } }) =>
      /^\d+\.\d+\.\d+$/.test(pinned) && pinned === types && Number(pinned.split(".")[0]) >= ELECTRON_MAJOR_MIN,
    broken: [
      (facts) => ({ ...facts, electron: { ...facts.electron, pinned: "^45.0.0" } }),
      (facts) => ({ ...facts, electron: { pinned: "31.0.0", types: "31.0.0" } }),
    ],
  },
  {
    n: 17,
    point: "every message's sender is checked, and what it asks",
    holds: ({ answered, built }) => answered.length === 0 && (built.main.match(/ipcMain\.(handle|on)\(/g) ?? []).length === 1,
    broken: [(facts) => ({ ...facts, answered: ["a frame within the page"] }), withBuilt("main", 'ipcMain.on("x", () => {})')],
  },
  {
    n: 18,
    point: "no file: pages",
    holds: ({ built, scheme }) => !/loadFile\(|["'`]file:/.test(built.main) && scheme.scheme === "tillsync",
    broken: [withBuilt("main", 'window.loadFile("x.html")')],
  },
  {
    n: 19,
    point: "fuses are set",
    holds: ({ fuses }) => Object.entries(FUSES_WANTED).every(([name, value]) => fuses[name] === value),
    broken: Object.entries(FUSES_WANTED).map(([name, value]) => withFuse(name, !value)),
  },
  {
    n: 20,
    point: "the page is given one function of ours and nothing of Electron's",
    holds: ({ page, built }) => page.bridge.join() === "ask" && (built.preload.match(/exposeInMainWorld\(/g) ?? []).length === 1,
    broken: [withPage({ bridge: ["ask", "on"] }), withBuilt("preload", 'contextBridge.exposeInMainWorld("x", ipcRenderer)')],
  },
];
