import { WIRE_VERSION } from "@tillsync/sync-protocol";
const x: number = WIRE_VERSION;
console.log("ok", x, process.memoryUsage().rss / 1e6);
