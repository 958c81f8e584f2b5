import { z } from "zod";
import { fileNameSchema } from "./file-name.ts";
import { versionSchema } from "./version.ts";

/** A package with its own Node.js is some 50 MB; ten times that is not ours. */
export const PACKAGE_BYTES_MAX = 512 * 1024 * 1024;
const NOTES_CHARS_MAX = 4_000;

/** How an install is made up, and with it which file fits: a Debian package, or folders of releases with a link. */
export const packageKindSchema = z.enum(["deb", "tar"]);
export type PackageKind = z.infer<typeof packageKindSchema>;

const instant = z.iso.datetime({ offset: false });
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "SHA-256 in hex");

/** What a release is, and the file that is it: the text that is signed. */
export const releaseSchema = z
  .strictObject({
    product: z.literal("tillsync-agent"),
    version: versionSchema,
    platform: z.enum(["linux", "darwin", "win32"]),
    arch: z.enum(["x64", "arm64"]),
    package: packageKindSchema,
    file: z.strictObject({ name: fileNameSchema, bytes: z.number().int().min(1).max(PACKAGE_BYTES_MAX), sha256: sha256Schema }),
    /** No clock that is right shows less than this; the newest one seen is a floor under a wrong clock. */
    releasedAt: instant,
    /** After this it is not installed any more: whoever holds back newer ones gains no more time than that. */
    expires: instant,
    notes: z.string().max(NOTES_CHARS_MAX).optional(),
  })
  .refine(({ file, package: kind }) => file.name.endsWith(kind === "deb" ? ".deb" : ".tar.gz"), "the file's ending is not its kind's")
  .refine(({ releasedAt, expires }) => releasedAt < expires, "expires before it is released");
export type Release = z.infer<typeof releaseSchema>;
