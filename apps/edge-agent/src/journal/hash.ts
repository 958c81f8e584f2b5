import { hash } from "node:crypto";
import type { HashPair } from "@tillsync/sync-protocol";

export const sha256 = (data: Uint8Array | string): Buffer => hash("sha256", data, "buffer");

/** SHA-256 of two byte strings, one after the other. */
export const sha256Pair: HashPair = (left, right) => hash("sha256", Buffer.concat([left, right]), "buffer");
