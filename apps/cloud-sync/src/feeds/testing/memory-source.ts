import { FeedFailed, type FeedItem, type FeedPart, type FeedSource } from "../feed-kind.ts";
import type { NoAnswer } from "../../connectors/http/json-line.ts";
import type { OpenFeed } from "../open-feed.ts";
import { checkFeed } from "../feed-file.ts";

/** A system in memory, with the clock of its own changes. */
export interface MemorySource {
  /** Writes a record; undefined takes it away without a word. */
  set(key: string, item: Omit<FeedItem, "key"> | undefined): void;
  /** What happens instead of the next answers, the first one first. */
  fail(...how: (NoAnswer | undefined)[]): void;
  /** Answers are empty from now on. */
  empty: boolean;
  everything: boolean;
  /** Pages that were asked for: `since` and `after`. */
  readonly asked: string[];
  /** Called before each page is answered. */
  before: () => Promise<void>;
  readonly part: FeedPart;
}

const PAGE = 2;

export function memorySource(): MemorySource {
  const records = new Map<string, { at: number; item: FeedItem }>();
  const failures: (NoAnswer | undefined)[] = [];
  let clock = 0;
  const source: MemorySource = {
    empty: false,
    everything: false,
    asked: [],
    before: () => Promise.resolve(),
    set: (key, item) => {
      clock += 1;
      if (item === undefined) records.delete(key);
      else records.set(key, { at: clock, item: { key, ...item } });
    },
    fail: (...how) => void failures.push(...how),
    part: {
      name: "things",
      begin: (since) => Promise.resolve({ to: String(clock), everything: since !== undefined && source.everything }),
      page: async (since, after) => {
        source.asked.push(`${since ?? "all"}/${after ?? ""}`);
        await source.before();
        const failure = failures.shift();
        if (failure !== undefined) throw new FeedFailed(failure);
        if (source.empty) return { items: [], next: undefined };
        const rest = [...records]
          .filter(([key, { at }]) => (since === undefined || at >= Number(since)) && (after === undefined || key > after))
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, PAGE);
        return { items: rest.map(([, { item }]) => item), next: rest.at(-1)?.[0] };
      },
      items: (keys) =>
        Promise.resolve(
          keys.flatMap((key) => {
            const found = records.get(key);
            return found === undefined ? [] : [found.item];
          }),
        ),
    },
  };
  return source;
}

/** Stands in for the line to a feed's own system. */
export function openInstead(name: string, createdAtMs: number, { part }: MemorySource, more: object = {}): OpenFeed {
  const { common } = checkFeed({ ...FILE, name, ...more });
  const source: FeedSource = { parts: [part], close: () => Promise.resolve() };
  return { name, createdAtMs, common, source, noticedPart: part.name, close: () => source.close() };
}

/** A feed's file; whoever tests the core never speaks to its system. */
export const FILE = {
  kind: "tryton",
  url: "https://erp.example.com",
  database: "erp",
  user: "reader",
  password: "open sesame",
} as const;
