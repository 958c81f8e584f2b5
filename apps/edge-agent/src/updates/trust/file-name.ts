import { z } from "zod";

/** Longer names do not fit every file system. */
const NAME_CHARS_MAX = 120;
/** What Windows takes for a device, whatever follows the dot. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d|conin|conout|clock)(?:\..*)?$/;

/**
 * The one grammar of a file that a release names, checked before any address or path is made of it: lower-case ASCII, no
 * separators, no dot in front or twice, no device of Windows, and an ending that says what it is.
 */
export const fileNameSchema = z
  .string()
  .max(NAME_CHARS_MAX)
  .regex(
    /^[a-z0-9](?:[a-z0-9_~+-]|\.(?!\.))*\.(?:deb|tar\.gz)$/,
    "lower-case letters, digits and - _ ~ + . with the ending .deb or .tar.gz",
  )
  .refine((name) => !DEVICES.test(name), "the name of a device");
