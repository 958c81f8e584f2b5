import { Agent } from "undici";
import { guardedLookup } from "../address-guard.ts";
import type { Address } from "./address.ts";

/** A line that connects slower than this is down for our purposes. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Above any destination's concurrency: the dispatcher is what bounds requests. */
const CONNECTIONS_MAX = 2_048;

/** Connections to one destination. Names that resolve to private addresses are refused in the connection itself, unless allowed. */
export const openAgent = (address: Pick<Address, "timeoutMs" | "allowPrivateNetwork">): Agent =>
  new Agent({
    connections: CONNECTIONS_MAX,
    // One request on a connection at a time: a slow answer delays nobody else's.
    pipelining: 1,
    connect: {
      timeout: Math.min(CONNECT_TIMEOUT_MS, address.timeoutMs),
      ...(address.allowPrivateNetwork ? {} : { lookup: guardedLookup() }),
    },
  });
