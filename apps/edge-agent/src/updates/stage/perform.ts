import { mkdirSync } from "node:fs";
import { unreachable } from "@tillsync/sync-protocol";
import { discardFiles, removeArmed, updatesFolder, writeArmed } from "./staged-folder.ts";
import type { UpdateEffect } from "./step.ts";

/** Does what a step asks for, after its state is on disk. */
export function perform(dir: string, effect: UpdateEffect): void {
  switch (effect.kind) {
    case "discard":
      return discardFiles(dir);
    case "disarm":
      return removeArmed(dir);
    case "arm":
      mkdirSync(updatesFolder(dir), { recursive: true, mode: 0o700 });
      return writeArmed(dir, { sha256: effect.sha256, version: effect.version, untilMs: effect.untilMs });
    default:
      return unreachable(effect);
  }
}
