/** Media type of a batch; it comes with `content-encoding: zstd` or plain. */
export const BATCH_MEDIA_TYPE = "application/x-ndjson";
/** Version of the wire that this code speaks. `version.test.ts` fails when a schema moves without it. */
export const WIRE_VERSION = 1;
/** Paths of the terminal's interface. */
export const PATHS = { enrol: "/v1/enrol", hello: "/v1/hello", entries: "/v1/entries" } as const;
