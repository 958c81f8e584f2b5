/*
 * Follows collections of a cloud and prints every change, one JSON document a line:
 *   TILLSYNC_TOKEN=tillsync_... node --conditions=tillsync-source examples/src/rxdb-client/main.ts https://cloud.example prices stock
 * The token is a service client's; see docs/operate/replication.md.
 */
import { once } from "node:events";
import { collectionSchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import { openWindow } from "./open-window.ts";

const USAGE = "TILLSYNC_TOKEN=... node examples/src/rxdb-client/main.ts URL COLLECTION...";
const input = z
  .object({ url: z.url(), names: z.array(collectionSchema).min(1), token: z.string().min(1) })
  .safeParse({ url: process.argv[2], names: process.argv.slice(3), token: process.env["TILLSYNC_TOKEN"] });

if (input.success) {
  const { url, names, token } = input.data;
  const window = await openWindow({ url: new URL(url).origin, authorization: () => `Bearer ${token}` }, names, {
    onStreamError: (error) => console.error(String(error)),
  });
  for (const name of names) {
    const collection = window.collections[name];
    console.log(JSON.stringify({ collection: name, documents: (await collection?.count().exec()) ?? 0 }));
    collection?.$.subscribe(({ documentId, operation, documentData }) =>
      console.log(JSON.stringify({ collection: name, operation, id: documentId, version: documentData.version })),
    );
  }
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await window.close();
} else {
  console.error(USAGE);
  process.exitCode = 2;
}
