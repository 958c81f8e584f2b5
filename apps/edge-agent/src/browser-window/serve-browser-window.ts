import type { AddressInfo } from "node:net";
import type { ReplicatorPorts, Timer } from "../replicator/ports.ts";
import type { Ask } from "./ask-route.ts";
import { buildWindowServer, type WindowServerOptions } from "./build-window-server.ts";
import { IDLE_MS, LOOK_MS } from "./limits.ts";
import type { WindowFiles } from "./load-window-files.ts";
import { createSession, type SessionDeps } from "./session.ts";

/** `unused`: nobody has opened the link in time. `idle`: nobody has the window open any more. */
export type WindowEnd = "unused" | "idle" | "closed";

export interface BrowserWindow {
  /** The one-time link, for the person who asked for the window and nobody else. */
  readonly link: string;
  readonly ended: Promise<WindowEnd>;
  /** Resolves when the link has been used. */
  readonly opened: Promise<void>;
  readonly close: () => Promise<void>;
}

export interface BrowserWindowOptions {
  readonly files: WindowFiles;
  readonly ask: Ask;
  readonly ports: Pick<ReplicatorPorts, "monotonicMs" | "setTimer">;
  readonly randomBytes: SessionDeps["randomBytes"];
  readonly onError: (error: unknown) => void;
  /** For tests that take the check of the host away. */
  readonly hosts?: WindowServerOptions["hosts"];
}

/**
 * Serves the window to one browser of this machine, on a free port of the loopback alone, until nobody has it open. It is
 * not the agent: it runs as the person, knows what the person may ask, and ends with the window.
 */
export async function serveBrowserWindow(options: BrowserWindowOptions): Promise<BrowserWindow> {
  const { ports } = options;
  const session = createSession({ monotonicMs: ports.monotonicMs, randomBytes: options.randomBytes });
  const ended = Promise.withResolvers<WindowEnd>();
  const opened = Promise.withResolvers<void>();
  let [origin, usedAtMs] = ["", ports.monotonicMs()];
  let timer: Timer | undefined;
  const own = new Set<string>();
  const app = buildWindowServer({
    ...options,
    session,
    origin: () => origin,
    hosts: options.hosts ?? (() => own),
    onUse: () => {
      usedAtMs = ports.monotonicMs();
      opened.resolve();
    },
  });
  const close = async (end: WindowEnd): Promise<void> => {
    timer?.cancel();
    await app.close();
    ended.resolve(end);
  };
  const look = (): void => {
    if (session.state() === "unused") return void close("unused");
    if (session.state() === "open" && ports.monotonicMs() - usedAtMs > IDLE_MS) return void close("idle");
    timer = ports.setTimer(LOOK_MS, look);
  };
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  own.add(`127.0.0.1:${port}`);
  look();
  return { link: origin + session.linkPath, ended: ended.promise, opened: opened.promise, close: () => close("closed") };
}
