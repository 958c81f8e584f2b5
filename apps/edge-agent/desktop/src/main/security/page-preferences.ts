import type { WebPreferences } from "electron";

/**
 * How a page runs. What is Electron's default is written down too: a default that changes must not open anything. No spell
 * checker, for it fetches dictionaries from elsewhere; no developer tools, for whoever stands at a till.
 */
export const pagePreferences = (preload: string) =>
  ({
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: false,
    safeDialogs: true,
  }) as const satisfies WebPreferences;
