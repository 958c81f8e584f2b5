import { z } from "zod";
import { FILE_BYTES_MAX_DEFAULT } from "../capture/limits.ts";
import { BALLAST_BYTES_DEFAULT } from "../health/disk-guard.ts";
import { PORT_DEFAULT } from "../intake/limits.ts";
import { openingHoursSchema } from "../updates/hours/opening-hours.ts";

/** Rescans find what file events missed; shares do not send any. */
const RESCAN_MS_DEFAULT = 10_000;
/** Size and time must stand still for this long before a file's end is taken for its end. */
const QUIET_MS_DEFAULT = 2_000;
/** A file that ends in the middle of a record, or is empty, is waited for this long before a person is told. */
const PATIENCE_MS_DEFAULT = 60_000;
/** Acknowledged entries are kept this long, so that a cloud restored from a backup can be filled again. */
const RETENTION_DAYS_DEFAULT = 35;
/** Natural keys outlive their entries: a return may name a sale of long ago, and an old export may come back. */
const RECEIPT_DAYS_DEFAULT = 800;

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 of A-Z a-z 0-9 . _ -");

/** A folder that a POS writes files to. */
export const folderSourceSchema = z
  .strictObject({
    name,
    kind: z.literal("folder"),
    /** Absolute, or relative to the configuration file. */
    path: z.string().min(1),
    adapter: z.string().min(1),
    /** What the adapter is told; or `mappingFile`, a JSON file with the same content. */
    adapterConfig: z.record(z.string(), z.unknown()).optional(),
    mappingFile: z.string().min(1).optional(),
    /** File names to take, with `*` and `?`. Others are left alone. */
    pattern: z.string().min(1).max(200).default("*"),
    fileBytesMax: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(FILE_BYTES_MAX_DEFAULT),
    rescanMs: z.number().int().min(100).max(3_600_000).default(RESCAN_MS_DEFAULT),
    quietMs: z.number().int().min(0).max(600_000).default(QUIET_MS_DEFAULT),
    patienceMs: z.number().int().min(0).max(86_400_000).default(PATIENCE_MS_DEFAULT),
    /** No file events, rescans alone: for network shares. */
    polling: z.boolean().default(false),
  })
  .refine((source) => source.adapterConfig === undefined || source.mappingFile === undefined, {
    message: "give adapterConfig or mappingFile, not both",
    path: ["mappingFile"],
  });
export type FolderSource = z.infer<typeof folderSourceSchema>;

/** The HTTP interface for the POS on this machine. Absent: no port is opened. No other address than this machine's own is taken. */
const intakeSchema = z.strictObject({
  host: z.enum(["127.0.0.1", "::1"], "127.0.0.1 or ::1: the interface is for this machine alone").default("127.0.0.1"),
  port: z.number().int().min(1).max(65_535).default(PORT_DEFAULT),
});

/** How often updates are looked for. A release is for thousands of shops: half a day more or less is of no weight. */
const CHECK_HOURS_DEFAULT = 6;
/** Where the package's root job keeps its state, and tells how an update went. */
const UPDATE_STATE_FOLDER = "/var/lib/tillsync-update";

/** Where updates of the agent itself are: an https address of static files, or a folder. Absent: none are looked for. */
const updatesSchema = z
  .strictObject({
    url: z.url().optional(),
    /** Absolute: a stick, a share. */
    folder: z.string().startsWith("/", "an absolute path").optional(),
    checkHours: z.number().min(0.05).max(168).default(CHECK_HOURS_DEFAULT),
    stateFolder: z.string().startsWith("/", "an absolute path").default(UPDATE_STATE_FOLDER),
  })
  .refine(({ url, folder }) => url === undefined || folder === undefined, { message: "give url or folder, not both", path: ["folder"] });

/** `DIR/config.json`. Everything has a default: a folder without the file has no sources and keeps to the defaults. */
export const agentConfigSchema = z
  .strictObject({
    sources: z.array(folderSourceSchema).max(100).default([]),
    retentionDays: z.number().int().min(1).max(3_650).default(RETENTION_DAYS_DEFAULT),
    receiptDays: z.number().int().min(730, "at least two years: a return may name its sale").max(36_500).default(RECEIPT_DAYS_DEFAULT),
    intake: intakeSchema.optional(),
    upstream: z.strictObject({ url: z.url().optional() }).default({}),
    ballastBytes: z
      .number()
      .int()
      .min(0)
      .max(4 * 1024 ** 3)
      .default(BALLAST_BYTES_DEFAULT),
    /** Whom staff call, where head office has not set it for all. */
    help: z.strictObject({ name: z.string().min(1).max(100), phone: z.string().min(1).max(50).optional() }).optional(),
    updates: updatesSchema.prefault({}),
    /** When this shop sells, where head office has not set it: no update is put in place then. */
    trading: openingHoursSchema.optional(),
    logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
  })
  .refine((config) => new Set(config.sources.map((source) => source.name)).size === config.sources.length, {
    message: "two sources of one name",
    path: ["sources"],
  });
export type AgentConfig = z.infer<typeof agentConfigSchema>;
