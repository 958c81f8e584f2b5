import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { BATCH_MEDIA_TYPE, PATHS } from "@tillsync/sync-protocol";
import type { ShopTerminal } from "./shop-terminals.ts";

const lines = new Agent({ keepAlive: true });

/** What a terminal's upload has done. */
export interface Upload {
  acknowledged: number;
  /** Times that the cloud asked to wait. */
  asked: number;
}

/** Sends a terminal's batches one after the other, as long as the cloud takes them; waits as it asks. Throws for every other answer. */
export async function sendBacklog(url: string, terminal: ShopTerminal, upload: Upload, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && upload.acknowledged < terminal.batches.length) {
    const batch = terminal.batches[upload.acknowledged] ?? Buffer.alloc(0);
    const { status, retryAfterS, text } = await post(url, await terminal.authorization(), batch);
    if (status === 200) {
      upload.acknowledged += 1;
      continue;
    }
    if (status !== 503) throw new Error(`${terminal.name}: ${status} ${text}`);
    upload.asked += 1;
    await delay(retryAfterS * 1_000 * (1 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

const headersOf = (authorization: string, batch: Buffer): Record<string, string | number> => ({
  "content-type": BATCH_MEDIA_TYPE,
  "content-encoding": "zstd",
  "content-length": batch.length,
  authorization,
});

function post(url: string, authorization: string, batch: Buffer): Promise<{ status: number; retryAfterS: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${PATHS.entries}`, { method: "POST", agent: lines, headers: headersOf(authorization, batch) }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, retryAfterS: Number(answer.headers["retry-after"] ?? 1), text }));
      answer.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(batch);
  });
}

/** Begins to send a batch and stops in the middle of it: an upload on a line that died. Gives what ends it. */
export async function beginStuckUpload(url: string, terminal: ShopTerminal): Promise<{ readonly open: () => boolean; end(): void }> {
  const batch = terminal.batches[0] ?? Buffer.alloc(0);
  const headers = headersOf(await terminal.authorization(), batch);
  const sent = request(`${url}${PATHS.entries}`, { method: "POST", agent: false, headers });
  let open = true;
  sent.on("error", () => undefined);
  sent.on("close", () => (open = false));
  sent.on("response", () => (open = false));
  sent.write(batch.subarray(0, Math.floor(batch.length / 2)));
  return { open: () => open, end: () => sent.destroy() };
}

export const closeLines = (): void => lines.destroy();
