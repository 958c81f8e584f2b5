import { buildConnector } from "undici";
import { guardedLookup } from "../address-guard.ts";
import type { ProbeResult, SendResult } from "../connector.ts";
import { isRefusedLiteral, type Address } from "./address.ts";
import { classifyFailure } from "./classify-failure.ts";

/** As `openAgent`: a line that connects slower is down for our purposes. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Opens a connection to a receiver and closes it again: its name is known, it listens, and its certificate is one we may
 * trust. No request is made, so that nothing is learned of credentials. For receivers that offer no harmless call.
 */
export function reach(address: Address): Promise<ProbeResult> {
  if (isRefusedLiteral(address)) return Promise.resolve({ kind: "set-up", detail: "the address is private (destination.address-refused)" });
  const { protocol, hostname, port, host } = new URL(address.url);
  const connect = buildConnector({
    timeout: Math.min(CONNECT_TIMEOUT_MS, address.timeoutMs),
    ...(address.allowPrivateNetwork ? {} : { lookup: guardedLookup() }),
  });
  return new Promise((resolve) => {
    connect(
      { protocol, hostname: hostname.replace(/^\[|\]$/g, ""), host, port: port || (protocol === "https:" ? "443" : "80") },
      (error, socket) => {
        socket?.destroy();
        resolve(error === null ? { kind: "ready", detail: "a connection opens; nothing was asked" } : failureOf(classifyFailure(error)));
      },
    );
  });
}

/** Nothing was sent: whatever went wrong, nothing is uncertain about it. */
const failureOf = (result: SendResult): ProbeResult =>
  result.kind === "set-up" || result.kind === "theirs"
    ? result
    : { kind: "theirs", detail: "detail" in result ? result.detail : "no connection" };
