import type { TestServer } from "./test-server.ts";
import { tryton } from "./tryton/tryton.ts";
import { vendure } from "./vendure/vendure.ts";

export type { RunningServer, StartOptions, TestServer } from "./test-server.ts";

/** By name, as `npm run servers -- NAME` takes them. */
export const testServers: Readonly<Record<string, TestServer>> = { tryton, vendure };
