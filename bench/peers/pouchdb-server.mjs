/* The far end of the PouchDB peer: express-pouchdb over its own LevelDB, which it does not fsync. */
import express from "express";
import expressPouchDb from "express-pouchdb";
import { join } from "node:path";
import PouchDB from "pouchdb";
import { heard, input, peakRssBytes, tell } from "../src/processes/worker.ts";

const { folder } = input();
process.chdir(folder);
const Stored = PouchDB.defaults({ prefix: join(folder, "server-") });
const app = express();
app.use("/", expressPouchDb(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: join(folder, "log.txt") }));
const server = app.listen(0, "127.0.0.1", () => void tell({ url: `http://127.0.0.1:${server.address().port}` }));

await heard();
const { doc_count } = await new Stored("sales").info();
await tell({ stored: doc_count, peakRssBytes: peakRssBytes() });
process.exit(0);
