import { PATHS } from "@tillsync/sync-protocol";
import type { RawAnswer } from "../../../apps/edge-agent/src/replicator/answer.ts";
import type { TransportRequest } from "../../../apps/edge-agent/src/replicator/http-transport.ts";
import { readHeader } from "./plain-batch.ts";

/** Negative control: a cloud that tells every terminal that it has just what the terminal has. */
export function ignoreForks(request: TransportRequest, raw: RawAnswer): RawAnswer {
  if (raw.status !== 200) return raw;
  const body = JSON.parse(Buffer.from(raw.bytes).toString()) as Record<string, unknown>;
  if (request.path === PATHS.hello) {
    const held = new Map((body["journals"] as { epoch: number; seq: number }[]).map((head) => [head.epoch, head]));
    const { journals } = JSON.parse(String(request.body)) as { journals: { epoch: number; seq: number }[] };
    body["journals"] = journals.map((named) => ((held.get(named.epoch)?.seq ?? 0) >= named.seq ? named : held.get(named.epoch)));
  } else if (body["outcome"] === "fork") {
    const { seq, hash } = readHeader(request).head;
    Object.assign(body, { outcome: "stored", head: { seq, hash } });
  }
  return { ...raw, bytes: Buffer.from(JSON.stringify(body)) };
}
