import { EventEmitter } from "node:events";

/** What a listener is given where Electron lets it prevent something. */
export interface StoppableEvent {
  defaultPrevented: boolean;
  preventDefault: () => void;
}

export function stoppable<T extends object>(extra: T): StoppableEvent & T {
  const event = { ...extra, defaultPrevented: false, preventDefault: () => void (event.defaultPrevented = true) };
  return event;
}

/** `on` and `once` of an object of Electron's, typed as its own. */
export function listens<T extends { on: unknown }>(emitter: EventEmitter): Pick<T, "on"> {
  const on: T["on"] = (event: string, listener: (...args: unknown[]) => void) => emitter.on(event, listener);
  return { on };
}
