import { drainPouchDb } from "./drain/run-pouchdb.ts";
import { installPeers } from "./drain/install-peers.ts";
console.log(await installPeers(console.log));
console.log(await drainPouchDb(5000));
