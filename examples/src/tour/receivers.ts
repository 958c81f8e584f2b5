import { join, resolve } from "node:path";
import { request } from "undici";
import { z } from "zod";
import type { Crew } from "./crew.ts";
import { readJsonLine, RECEIVER } from "./programs.ts";
import { readReceiverSummary } from "./statuses.ts";
import type { ReceiverView } from "./view.ts";

export const RECEIVER_KINDS = ["erp", "oms", "loyalty"] as const;

export interface Receiver {
  readonly kind: string;
  readonly url: string;
  /** The file that holds its webhook secret. */
  readonly secretFile: string;
  summary(): Promise<ReceiverView>;
}

const START_DEADLINE_MS = 30_000;
/** How long a time-out on purpose lasts: long enough to be felt, short enough for a tour. */
const SILENCE_MS = 3_000;
const SUMMARY_DEADLINE_MS = 5_000;

const startedSchema = z.object({ url: z.url(), secretFile: z.string() });

export async function startReceiver(
  crew: Crew,
  kind: string,
  options: { folder: string; faults: number; seed: string },
): Promise<Receiver> {
  const { folder, faults, seed } = options;
  const place = ["--kind", kind, "--data", join(folder, kind), "--port", "0", "--json"];
  const trouble = ["--faults", String(faults), "--seed", `${seed}/${kind}`, "--silence", String(SILENCE_MS)];
  const service = crew.start(kind, RECEIVER, [...place, ...trouble]);
  const { url, secretFile } = await service.firstLine((line) => startedSchema.safeParse(readJsonLine(line)).data, START_DEADLINE_MS);
  return {
    kind,
    url: `${url}/events`,
    secretFile: resolve(secretFile),
    summary: async () => {
      const { statusCode, body } = await request(`${url}/summary`, {
        headersTimeout: SUMMARY_DEADLINE_MS,
        bodyTimeout: SUMMARY_DEADLINE_MS,
      });
      if (statusCode !== 200) throw new Error(`${kind} answered ${statusCode}`);
      return readReceiverSummary(await body.json());
    },
  };
}
