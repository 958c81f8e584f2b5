import { z } from "zod";

const ms = z.number().int();
const codeSchema = z.string().max(100);

/** The line to the cloud, in the words of people. */
export const lineStates = ["online", "sending", "offline", "blocked", "not-enrolled"] as const;

/** How a source of sales stands. `paused`: by a person, for maintenance. */
export const sourceStates = ["watching", "reading", "paused", "failing", "stopped"] as const;

export const sourceSnapshotSchema = z.object({
  name: z.string(),
  kind: z.enum(["folder", "http"]),
  /** Absent for the HTTP interface. */
  adapter: z.string().nullable(),
  /** Where it reads: a folder, or `host:port`. */
  place: z.string(),
  state: z.enum(sourceStates),
  code: codeSchema.nullable(),
  /** When the whole source was last looked at without an error, by this machine's clock; null: never since the start. */
  lastReadAtMs: ms.nullable(),
  /** A look older than this is not fresh any more: then nobody may say that all is safe. */
  freshForMs: ms,
  files: z.number().int(),
  /** Files with something in them that was not taken yet. One that may still grow but is read as far as it goes is none. */
  open: z.number().int(),
  /** Files that could not be read, and that nobody has taken up. */
  failed: z.number().int(),
});
export type SourceSnapshot = z.infer<typeof sourceSnapshotSchema>;

/** Something that needs a person. `who`: whom the tray names. */
export const problemSchema = z.object({
  code: codeSchema,
  detail: z.string().nullable(),
  /** The source or collection that it is about, where there is one. */
  about: z.string().nullable(),
});
export type Problem = z.infer<typeof problemSchema>;

/**
 * All that the tray and the window's first screen need, read in one go, so that no two parts of a picture contradict each
 * other. Times are this machine's clock, in ms since 1970.
 */
export const snapshotSchema = z.object({
  apiVersion: z.literal(1),
  atMs: ms,
  agentVersion: z.string(),
  terminalId: z.string().nullable(),
  storeId: z.string().nullable(),
  storeName: z.string().nullable(),
  /** The store's own, once its document has come down; else null and the machine's is used. */
  timeZone: z.string().nullable(),
  line: z.object({
    state: z.enum(lineStates),
    /** Since when it has been in this state. */
    sinceMs: ms.nullable(),
    lastError: z.object({ code: codeSchema, atMs: ms }).nullable(),
  }),
  /** What the cloud has not acknowledged yet, of all epochs. */
  pending: z.object({ entries: z.number().int(), oldestAtMs: ms.nullable() }),
  setAside: z.object({ open: z.number().int(), handedToIt: z.number().int() }),
  sources: z.array(sourceSnapshotSchema),
  clock: z.object({ offsetMs: z.number().nullable(), code: codeSchema.nullable() }),
  disk: z.object({ state: z.enum(["ok", "full"]) }),
  /** The way down: whether prices and orders are as the cloud has them. */
  reference: z.object({
    state: z.enum(["not-enrolled", "loading", "live", "polling", "offline", "blocked", "resting"]),
    asOfMs: ms.nullable(),
    /** Why it is blocked or offline. */
    code: codeSchema.nullable().optional(),
  }),
  /** Nobody may forget that reading was paused: it ends by itself. */
  pause: z.object({ sinceMs: ms, untilMs: ms, reason: z.string() }).nullable(),
  /** An update that has been downloaded and proven, and waits for the shop to close. */
  update: z.object({ version: z.string(), appliesFromMs: ms }).nullable(),
  /** Whom staff call, from the configuration of the terminal or of its store. */
  help: z.object({ name: z.string(), phone: z.string().nullable() }).nullable(),
  problems: z.array(problemSchema),
  orders: z.object({ toHandOver: z.number().int(), conflicts: z.number().int() }),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
