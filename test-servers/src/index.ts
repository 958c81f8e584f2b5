import type { TestServer } from "./test-server.ts";
import { tryton } from "./tryton/tryton.ts";

export type { RunningServer, StartOptions, TestServer } from "./test-server.ts";

/** By name, as `npm run servers -- NAME` takes them. */
export const testServers: Readonly<Record<string, TestServer>> = { tryton };
