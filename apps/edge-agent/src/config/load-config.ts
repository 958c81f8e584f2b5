import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { agentConfigSchema, type AgentConfig, type FolderSource } from "./config-schema.ts";

/** The limit of a configuration file; one is some KB. */
const CONFIG_BYTES_MAX = 4 * 1024 * 1024;

/** Reads `DIR/config.json`; the defaults where there is none. Throws `config.unreadable`, `config.invalid` naming the field. */
export function loadConfig(dir: string): AgentConfig {
  const path = join(dir, "config.json");
  const value = readJsonFile(path, "optional");
  const parsed = agentConfigSchema.safeParse(value ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TillsyncError("config.invalid", `${path}: ${issue?.path.map(String).join(".") || "file"}: ${issue?.message ?? "invalid"}`);
  }
  return { ...parsed.data, sources: parsed.data.sources.map((source) => ({ ...source, path: resolve(dirname(path), source.path) })) };
}

/** What the source's adapter is told. Throws `config.unreadable`, `config.invalid`. */
export function adapterConfigOf(dir: string, source: FolderSource): unknown {
  return source.mappingFile === undefined ? source.adapterConfig : readJsonFile(resolve(dir, source.mappingFile));
}

/** Reads a JSON file that a person wrote. Throws `config.unreadable`, and `config.invalid` where it is no JSON. */
export function readJsonFile(path: string, presence: "needed" | "optional" = "needed"): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && presence === "optional") return undefined;
    throw new TillsyncError("config.unreadable", `${path}: ${code ?? "unknown"}`, { cause });
  }
  if (text.length > CONFIG_BYTES_MAX) throw new TillsyncError("config.invalid", `${path}: larger than ${CONFIG_BYTES_MAX} bytes`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new TillsyncError("config.invalid", `${path}: ${cause instanceof Error ? cause.message.slice(0, 200) : "no JSON"}`, { cause });
  }
}
