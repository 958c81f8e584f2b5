import { openRate } from "../destinations/rate/open-rate.ts";
import type { Seal } from "../destinations/seal.ts";
import type { FeedCommon } from "./feed-file.ts";
import type { RunDeps } from "./feed-deps.ts";
import type { FeedSource } from "./feed-kind.ts";
import { findFeed, readFeedConfig } from "./feed.ts";
import { feedKindOf } from "./registry.ts";

/** A feed as this process reads it. */
export interface OpenFeed {
  readonly name: string;
  /** When it was added: another of the same name is opened anew. */
  readonly createdAtMs: number;
  readonly common: FeedCommon;
  readonly source: FeedSource;
  readonly noticedPart: string | undefined;
  close(): Promise<void>;
}

/**
 * Opens a feed's secrets and its line. Requests are counted together with those of destinations of the same kind, host and
 * secret. Throws `feed.unknown`, `feed.config-invalid`, `destination.sealed`.
 */
export async function openFeed({ db, ports }: Pick<RunDeps, "db" | "ports">, name: string, seal: Seal): Promise<OpenFeed> {
  const { createdAtMs } = await findFeed(db, name);
  const { common, own } = await readFeedConfig(db, name, seal);
  const kind = feedKindOf(common.kind);
  const rate = openRate(db, seal, { kind: common.kind, own, secretFields: kind.credentialFields }, common.rate, ports);
  const source = kind.open(own, { ...ports, permit: rate.permit, noteRate: rate.noteRate });
  return {
    name,
    createdAtMs,
    common,
    source,
    noticedPart: kind.noticedPart,
    close: () => {
      rate.close();
      return source.close();
    },
  };
}
