import type { Migration } from "./migration.ts";
import { journal } from "./0010-journal.ts";
import { receipts } from "./0020-receipts.ts";
import { sources } from "./0030-sources.ts";
import { upstreams } from "./0040-upstreams.ts";
import { redemptions } from "./0050-redemptions.ts";
import { handOver } from "./0060-hand-over.ts";
import { lineHistory } from "./0070-line-history.ts";
import { day } from "./0080-day.ts";
import { support } from "./0090-support.ts";
import { updates } from "./0100-updates.ts";

/** In order. */
export const MIGRATIONS: readonly Migration[] = [
  journal,
  receipts,
  sources,
  upstreams,
  redemptions,
  handOver,
  lineHistory,
  day,
  support,
  updates,
];
