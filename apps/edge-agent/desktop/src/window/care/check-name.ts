import type { MessageId } from "../language/catalogue.ts";
import type { Text } from "../language/language-context.tsx";

const NAMES: Readonly<Record<string, MessageId>> = {
  folder: "care.check.folder",
  keys: "care.check.keys",
  config: "care.check.config",
  disk: "care.check.disk",
  lock: "care.check.lock",
  database: "care.check.database",
  upstream: "care.check.upstream",
  clock: "care.check.clock",
};
const SOURCE = "source ";

/** A check's name in the person's language; one that a newer agent has added keeps its own. */
export function checkName(text: Text, name: string): string {
  if (name.startsWith(SOURCE)) return text("care.check.source", { source: name.slice(SOURCE.length) });
  const id = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return id === undefined ? name : text(id);
}
