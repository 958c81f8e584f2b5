/** Bounds of capturing, by name, with their reasons. Each is tested at the limit and one past it. */

/** Bytes read, parsed and committed together: some hundred sales to one sync of the disk, and a bounded amount to do again after a crash. */
export const CHUNK_BYTES = 64 * 1024;

/**
 * The first read of a file: its heading or opening tags, hardly a record. The checkpoint behind it is what a record of
 * the first chunk that is set aside is read again with.
 */
export const FIRST_CHUNK_BYTES = 1024;

/** Largest file that is taken unless the source says more. A till's day is some MB; past this it is a mistake until a person says otherwise. */
export const FILE_BYTES_MAX_DEFAULT = 512 * 1024 * 1024;

/** Bytes kept of one item that was set aside. Its range says where the rest is found in the source. */
export const SET_ASIDE_BYTES_MAX = 1024 * 1024;

/** Read past the cut and masked with it, so that a card number across the cut is not kept in half. */
export const MASK_MARGIN_BYTES = 256;

/** How often one command reads a file again that changes under it. */
export const CHANGED_RETRIES_MAX = 2;

/** Files of one capture command; a shell's argument list is shorter. */
export const CAPTURE_PATHS_MAX = 100_000;
