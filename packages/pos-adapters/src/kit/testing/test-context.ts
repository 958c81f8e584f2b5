import type { Pseudonym } from "@tillsync/sync-protocol";
import type { AdapterContext } from "../adapter.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A context as a host gives one: the same value has the same pseudonym in every test. A host uses a keyed hash instead. */
export const testContext: AdapterContext = {
  pseudonymise(kind, value) {
    let state = 0xcbf29ce484222325n;
    for (const c of `${kind}:${value}`) state = BigInt.asUintN(64, (state ^ BigInt(c.codePointAt(0) ?? 0)) * 0x100000001b3n);
    let text = "";
    while (text.length < 22) {
      state = BigInt.asUintN(64, state * 0x5851f42d4c957f2dn + 0x14057b7ef767814fn);
      text += ALPHABET[Number(state >> 58n)] ?? "A";
    }
    return text as Pseudonym;
  },
};
