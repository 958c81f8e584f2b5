import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CDPSession, Page } from "playwright-core";
import { wire, WIRE_SOURCE } from "./wire.ts";

const WORLD = "preload";

/** Who calls from a page: the frame's address and whether it is the page's top frame. */
export interface CallingFrame {
  readonly url: string;
  readonly isTop: boolean;
}

export type OnInvoke = (channel: string, args: readonly unknown[], frame: CallingFrame) => Promise<unknown>;

/** The page's own world: it meets the preload's through events whose names it is not told, with text alone. */
const MAIN_WORLD = (secret: string): string => `(() => {
  const wire = ${WIRE_SOURCE};
  const waiting = new Map();
  let last = 0;
  const on = (kind, listener) => document.addEventListener("${secret}:" + kind, (event) => listener(wire.read(event.detail)));
  const tell = (kind, value) => document.dispatchEvent(new CustomEvent("${secret}:" + kind, { detail: wire.write(value) }));
  on("expose", ({ key, names }) => {
    const api = {};
    for (const name of names)
      api[name] = (...args) => new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        try { tell("call", { id: last, key, name, args }); } catch (error) { waiting.delete(last); reject(error); }
      });
    Object.defineProperty(window, key, { value: Object.freeze(api), enumerable: true });
  });
  on("done", ({ id, ok, value }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (ok) resolve(value); else reject(new Error(value));
  });
})()`;

/** The preload's world: a `require` with the two things of Electron's that a sandboxed preload is given here. */
const PRELOAD_WORLD = (secret: string, preload: string): string => `(() => {
  if (window.top !== window) return;
  const wire = ${WIRE_SOURCE};
  const waiting = new Map();
  let last = 0;
  const tell = (kind, value) => document.dispatchEvent(new CustomEvent("${secret}:" + kind, { detail: wire.write(value) }));
  const only = (name, has) => new Proxy(has, { get: (target, key) => { if (key in target) return target[key]; throw new Error("the stand-in has no " + name + "." + String(key)); } });
  const ipcRenderer = only("ipcRenderer", {
    invoke: (channel, ...args) => new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      ${WORLD}Binding(wire.write({ id: last, channel, args }));
    }),
  });
  globalThis.${WORLD}Settle = (text) => {
    const { id, ok, value } = wire.read(text);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (ok) resolve(value); else reject(new Error(value));
  };
  const contextBridge = only("contextBridge", {
    exposeInMainWorld: (key, api) => {
      document.addEventListener("${secret}:call", (event) => {
        const call = wire.read(event.detail);
        if (call.key !== key) return;
        Promise.resolve().then(() => api[call.name](...call.args)).then(
          (value) => tell("done", { id: call.id, ok: true, value }),
          (error) => tell("done", { id: call.id, ok: false, value: String(error && error.message) }),
        );
      });
      tell("expose", { key, names: Object.keys(api) });
    },
  });
  const require = (name) => { if (name === "electron") return only("electron", { contextBridge, ipcRenderer }); throw new Error("module not found: " + name); };
  const module = { exports: {} };
  (function (require, module, exports) {${preload}\n})(require, module, module.exports);
})()`;

/** Puts a preload script into each document of a page, in a world of its own, and brings what it invokes to `onInvoke`. */
export async function addPreload(page: Page, preloadPath: string, onInvoke: OnInvoke): Promise<CDPSession> {
  const secret = randomBytes(12).toString("hex");
  const cdp = await page.context().newCDPSession(page);
  const frames = new Map<number, string>();
  cdp.on("Runtime.executionContextCreated", ({ context }) => {
    frames.set(context.id, (context.auxData as { frameId?: string } | undefined)?.frameId ?? "");
  });
  cdp.on("Runtime.bindingCalled", ({ name, payload, executionContextId }) => {
    if (name !== `${WORLD}Binding`) return;
    const { id, channel, args } = wire.read(payload) as { id: number; channel: string; args: unknown[] };
    const settle = (ok: boolean, value: unknown): void => {
      const text = JSON.stringify(wire.write({ id, ok, value }));
      const told = { expression: `globalThis.${WORLD}Settle?.(${text})`, contextId: executionContextId };
      cdp.send("Runtime.evaluate", told).catch(() => undefined);
    };
    void findFrame(cdp, frames.get(executionContextId) ?? "")
      .then((frame) => onInvoke(channel, structuredClone(args), frame))
      .then(
        (value) => settle(true, structuredClone(value)),
        (error: unknown) => settle(false, `Error invoking remote method '${channel}': ${String(error)}`),
      );
  });
  await cdp.send("Page.enable");
  await cdp.send("Runtime.enable");
  await cdp.send("Runtime.addBinding", { name: `${WORLD}Binding`, executionContextName: WORLD });
  await cdp.send("Page.addScriptToEvaluateOnNewDocument", { source: MAIN_WORLD(secret) });
  const source = PRELOAD_WORLD(secret, readFileSync(preloadPath, "utf8"));
  await cdp.send("Page.addScriptToEvaluateOnNewDocument", { source, worldName: WORLD });
  return cdp;
}

/** Invokes as a page would whose renderer was taken over: straight from the preload's world of the first frame within it. */
export async function invokeFromSubframe(cdp: CDPSession, channel: string, args: readonly unknown[]): Promise<string> {
  const { frameTree } = await cdp.send("Page.getFrameTree");
  const child = frameTree.childFrames?.[0];
  if (child === undefined) throw new Error("the page has no frame within it");
  const { executionContextId } = await cdp.send("Page.createIsolatedWorld", { frameId: child.frame.id, worldName: WORLD });
  const call = JSON.stringify(wire.write({ id: 1, channel, args }));
  const { result } = await cdp.send("Runtime.evaluate", {
    contextId: executionContextId,
    awaitPromise: true,
    expression: `new Promise((resolve) => { globalThis.${WORLD}Settle = resolve; ${WORLD}Binding(${call}); })`,
  });
  return String(result.value);
}

async function findFrame(cdp: CDPSession, frameId: string): Promise<CallingFrame> {
  const { frameTree } = await cdp.send("Page.getFrameTree");
  if (frameTree.frame.id === frameId) return { url: frameTree.frame.url, isTop: true };
  const child = frameTree.childFrames?.find(({ frame }) => frame.id === frameId);
  return { url: child?.frame.url ?? "", isTop: false };
}
