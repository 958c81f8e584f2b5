import { EventEmitter } from "node:events";

/** The events of `app`, which windows and pages raise too. */
export const appEvents = new EventEmitter();
