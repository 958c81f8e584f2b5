import type { FolderSource } from "../config/config-schema.ts";

/** A file at rest costs some 50 microseconds to look at: a folder of very many is left alone ten times as long, within bounds. */
const REST_MS_PER_FILE = 0.5;
const REST_MS_MAX = 60_000;

/** How long a folder of so many files rests between two looks at all of them; those of which an event tells are looked at meanwhile. */
export const restAfterWhole = ({ rescanMs }: Pick<FolderSource, "rescanMs">, files: number): number =>
  Math.max(rescanMs, Math.min(files * REST_MS_PER_FILE, REST_MS_MAX));
