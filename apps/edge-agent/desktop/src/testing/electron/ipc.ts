import type { IpcMain, IpcMainInvokeEvent } from "electron";
import { strict } from "./strict.ts";

const handlers = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>();

export const ipcMain = strict<IpcMain, "handle">("ipcMain", {
  handle: (channel, listener) => {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, listener);
  },
});

export async function invoke(
  channel: string,
  args: readonly unknown[],
  caller: Pick<IpcMainInvokeEvent, "sender" | "senderFrame">,
): Promise<unknown> {
  const handler = handlers.get(channel);
  if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
  return handler(strict<IpcMainInvokeEvent, "sender" | "senderFrame">("event", caller), ...args);
}
