import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bins = ["apps/edge-agent/bin/edge-agent.mjs", "apps/cloud-sync/bin/cloud-sync.mjs"];
/** Makes the process believe that it is an older Node.js, before the program is read. */
const OLDER = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})`;

const runBin = (bin: string, flags: string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [...flags, fileURLToPath(new URL(`../${bin}`, import.meta.url)), "status"], {
    encoding: "utf8",
    timeout: 15_000,
  });

test.each(bins)("%s says under an older Node.js what it needs, and exits with 2", (bin) => {
  const ran = runBin(bin, ["--import", OLDER]);
  expect(ran.status).toBe(2);
  expect(ran.stderr).toContain("needs Node.js 24 or newer; this is 20.20.2 (runtime.node-too-old)");
  expect(ran.stdout).toBe("");
});

test.each(bins)("%s starts under this one", (bin) => {
  expect(runBin(bin, []).stderr).not.toContain("runtime.node-too-old");
});
