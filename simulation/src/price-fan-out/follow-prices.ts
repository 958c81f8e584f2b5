import { get, type ClientRequest } from "node:http";
import {
  positionAt,
  pullAnswerSchema,
  REFERENCE_PATHS,
  streamEventSchema,
  type Checkpoint,
  type WireDocument,
} from "@tillsync/sync-protocol";
import type { ShopTerminal } from "./shop-terminals.ts";

/** One terminal's live prices: how many of what the cloud has it has seen, and by which way. */
export interface PriceReader {
  /** Documents that came in events. */
  live: number;
  /** Pulls that an event asked for. */
  pulls: number;
  readonly prices: ReadonlyMap<string, { readonly amount: string; readonly atMs: number }>;
  end(): void;
}

/** Opens the stream of a terminal that stands at `checkpoint`. Resolves when the cloud has answered. */
export async function followPrices(url: string, terminal: ShopTerminal, checkpoint: Checkpoint): Promise<PriceReader> {
  const prices = new Map<string, { amount: string; atMs: number }>();
  let reached = checkpoint;
  const apply = (documents: readonly WireDocument[]): void => {
    for (const { id, amount } of documents) prices.set(id, { amount: String(amount), atMs: performance.now() });
  };
  const pull = async (): Promise<void> => {
    reader.pulls += 1;
    const query = new URLSearchParams({ checkpoint: JSON.stringify(reached), limit: "1000" });
    const answer = await fetch(`${url}${REFERENCE_PATHS.pull("prices")}?${query.toString()}`, {
      headers: { authorization: await terminal.authorization() },
    });
    const { documents, checkpoint: to } = pullAnswerSchema.parse(await answer.json());
    apply(documents);
    reached = to;
  };
  const onEvent = (text: string): void => {
    const event = streamEventSchema.parse(JSON.parse(text));
    if (event.kind === "resync") return void pull();
    const position = positionAt(reached, event.scope);
    if (event.to <= position) return;
    if (event.kind === "changed" || event.from > position) return void pull();
    reader.live += event.documents.length;
    apply(event.documents);
    reached = { ...reached, [event.scope]: event.to };
  };
  const query = new URLSearchParams({ collections: "prices", checkpoints: JSON.stringify({ prices: checkpoint }) });
  const request = await open(`${url}${REFERENCE_PATHS.stream}?${query.toString()}`, await terminal.authorization(), onEvent);
  const reader: PriceReader = { live: 0, pulls: 0, prices, end: () => request.destroy() };
  return reader;
}

function open(url: string, authorization: string, onEvent: (text: string) => void): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers: { authorization } }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`the stream was answered ${answer.statusCode}`));
      let rest = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        const events = (rest + chunk).split("\n\n");
        rest = events.pop() ?? "";
        for (const event of events) if (event.startsWith("data: ")) onEvent(event.slice("data: ".length));
      });
      answer.on("error", () => undefined);
      resolve(request);
    });
    request.on("error", reject);
  });
}
