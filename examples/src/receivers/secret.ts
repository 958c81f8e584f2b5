import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SECRET_BYTES = 32;

/** The receiver's webhook secret: made at first use, kept in a file that only its owner may read. */
export function loadSecret(folder: string): { secret: string; file: string } {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "webhook.secret");
  try {
    writeFileSync(file, `whsec_${randomBytes(SECRET_BYTES).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return { secret: readFileSync(file, "utf8").trim(), file };
}
