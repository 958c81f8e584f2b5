import type { ProbeResult } from "../connector.ts";
import { classifyOpening } from "./classify-error.ts";
import type { BrokerLine } from "./publish.ts";

/** Logs in, opens a channel that confirms, and asks for the exchange. Whether a queue takes what is sent, only a message tells. */
export async function probeBroker({ broker, config }: BrokerLine): Promise<ProbeResult> {
  try {
    (await broker.lease()).release();
    return { kind: "ready", detail: config.exchange === "" ? "logged in" : `logged in; exchange ${config.exchange} is there` };
  } catch (error) {
    return classifyOpening(error);
  }
}
