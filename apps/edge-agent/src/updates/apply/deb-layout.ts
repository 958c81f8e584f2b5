import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "./layout.ts";
import { repackDeb } from "./repack-deb.ts";
import { runCommand, shellWord } from "./run-command.ts";

const PACKAGE = "tillsync-agent";
const DPKG = ["--force-confold", "--force-downgrade"];

/**
 * A Debian package. Its own scripts end and start the service. dpkg keeps no package that it has installed, so the one in
 * place is packed again from its files before another goes over it.
 */
export function debLayout(stateFolder: string, name: string = PACKAGE): Layout {
  const kept = join(stateFolder, "previous");
  const pathOf = (version: string): string => join(kept, `${version}.deb`);
  return {
    kind: "deb",
    installed: async () => {
      const text = await runCommand("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Version}", name]).catch(() => "");
      const [status, version] = text.trim().split(" ");
      return status === "installed" && version !== undefined ? fromDebian(version) : undefined;
    },
    keep: async (version) => {
      if (existsSync(pathOf(version))) return;
      mkdirSync(kept, { recursive: true, mode: 0o700 });
      await repackDeb(name, pathOf(version));
    },
    install: async (file) => void (await runCommand("dpkg", [...DPKG, "-i", file])),
    revert: async (version) => {
      // What a power cut left half done would stand in the way of anything else.
      await runCommand("dpkg", ["--force-confold", "--configure", "-a"]).catch(() => undefined);
      await runCommand("dpkg", [...DPKG, "-i", pathOf(version)]);
    },
    revertCommands: (version) =>
      [`dpkg --force-confold --configure -a || true`, `dpkg ${DPKG.join(" ")} -i ${shellWord(pathOf(version))}`].join("\n"),
    restart: async () => undefined,
    tidy: async (versions) => {
      if (!versions.some((version) => existsSync(pathOf(version)))) rmSync(kept, { recursive: true, force: true });
    },
  };
}

/** Without the packing's own number, and with pre-releases as everybody but Debian writes them, whose tilde sorts them below the release. */
export const fromDebian = (version: string): string => version.replace(/-\d+$/, "").replace("~", "-");
