import type { DeliveryItem, SendResult } from "../connector.ts";

/** Bodies of one wave, about: bounds what lies unsent in memory. */
const WAVE_BYTES_MAX = 8 * 1024 * 1024;

/** An item with the bytes that go out for it. */
export interface Message {
  readonly item: DeliveryItem;
  readonly body: Buffer;
}

const WAITS: SendResult = { kind: "theirs", detail: "waits for an earlier item of its key" };
const NOT_TRIED: SendResult = { kind: "theirs", detail: "not tried: those before it were not taken" };

/**
 * Sends items so that many are under way at once and still none of a key overtakes an earlier one of it: a wave holds at
 * most one item of each key, and the next one starts when all of the wave are settled. Later items of a key that failed
 * are not sent. A wave in which nothing was taken and nothing refused is the last: the line or the set-up is what fails.
 */
export async function sendInWaves(
  items: readonly DeliveryItem[],
  bodyOf: (item: DeliveryItem) => Buffer,
  sendWave: (wave: readonly Message[]) => Promise<SendResult[]>,
): Promise<SendResult[]> {
  const results = new Map<DeliveryItem, SendResult>();
  const failedKeys = new Set<string>();
  let waiting = items;
  let rest: SendResult = NOT_TRIED;
  while (waiting.length > 0) {
    const { wave, later } = nextWave(waiting, bodyOf);
    const settled = await sendWave(wave);
    wave.forEach(({ item }, i) => {
      const result = settled[i] ?? NOT_TRIED;
      results.set(item, result);
      if (result.kind !== "delivered") failedKeys.add(item.orderingKey);
    });
    if (!settled.some(({ kind }) => kind === "delivered" || kind === "rejected")) {
      rest = settled.find(({ kind }) => kind === "set-up") ?? NOT_TRIED;
      break;
    }
    waiting = later.filter((item) => !failedKeys.has(item.orderingKey));
  }
  return items.map((item) => results.get(item) ?? (failedKeys.has(item.orderingKey) && rest === NOT_TRIED ? WAITS : rest));
}

function nextWave(waiting: readonly DeliveryItem[], bodyOf: (item: DeliveryItem) => Buffer): { wave: Message[]; later: DeliveryItem[] } {
  const wave: Message[] = [];
  const later: DeliveryItem[] = [];
  const keys = new Set<string>();
  let bytes = 0;
  for (const item of waiting) {
    // One that waits makes later ones of its key wait as well.
    if (keys.has(item.orderingKey) || bytes >= WAVE_BYTES_MAX) {
      later.push(item);
      continue;
    }
    const body = bodyOf(item);
    wave.push({ item, body });
    keys.add(item.orderingKey);
    bytes += body.length;
  }
  return { wave, later };
}
