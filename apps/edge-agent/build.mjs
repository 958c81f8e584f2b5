/* Bundles the agent for packages into dist/. */
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleAgent } from "./packaging/bundle.ts";

const dist = fileURLToPath(new URL("dist", import.meta.url));
rmSync(dist, { recursive: true, force: true });
await bundleAgent(dist);
