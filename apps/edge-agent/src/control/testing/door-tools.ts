import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { controlAddress } from "../address.ts";
import { readDoorSecret } from "../door-secret.ts";
import type { Handlers } from "../methods.ts";
import { seal, sessionKey } from "../seal.ts";

/** A folder of its own, as private as a data folder, which goes with `remove`. */
export function makeDoorFolder(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), "tillsync-door-"));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** What a test's agent can do: a few methods that tell their requests back, one that has a bug, and what a test adds. */
export const testHandlers = (more: Partial<Handlers> = {}): Handlers =>
  ({
    status: () => ({ running: true }),
    capture: ({ paths }: { paths: string[] }) => ({ ok: true, files: paths.map((path) => ({ path })) }),
    "set-aside-list": () => [],
    "set-aside-show": ({ id }: { id: number }) => {
      throw new TillsyncError("usage.invalid", `no item ${id}`);
    },
    "set-aside-retry": () => {
      throw new Error("a bug");
    },
    "reference-wait": () => ({ events: [] }),
    stop: () => ({ stopping: true }),
    ...more,
  }) as unknown as Handlers;

export const addressOf = (dir: string): string => controlAddress(dir, readDoorSecret(dir) ?? "");

/** A raw connection to whoever listens for a folder. */
export const dial = (dir: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(addressOf(dir), () => resolve(socket));
    socket.on("error", reject);
  });

/** All that a connection says until it is closed. */
export const heardUntilClosed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("close", () => resolve(text));
  });

/** A client that knows the secret and has said so, and is about to ask. */
export async function dialProven(dir: string): Promise<{ socket: Socket; ask: (text: string) => void }> {
  const socket = await dial(dir);
  const greeting = await new Promise<string>((resolve) => void socket.once("data", (chunk) => resolve(String(chunk))));
  const own = "n".repeat(22);
  const key = sessionKey(readDoorSecret(dir) ?? "", (JSON.parse(greeting) as { nonce: string }).nonce, own);
  socket.write(`${seal(key, "hello", own)}\n`);
  return { socket, ask: (text) => void socket.write(`${seal(key, "request", text)}\n`) };
}
