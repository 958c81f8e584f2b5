import type { AdapterOutput, Checkpoint, ParseSession } from "@tillsync/pos-adapters";
import { maskCardNumbersInBytes } from "@tillsync/pos-adapters";
import { sha256 } from "../../journal/hash.ts";
import { makeSale } from "../../journal/testing/sales.ts";
import type { Reader } from "../reader.ts";

/**
 * A small format for tests of what lies around adapters: a heading line, then a sale per line as `SALE number price...`,
 * `NOTE ...` for a row that is no sale, `THROW` for an adapter with a bug; anything else is malformed. Lines are only
 * understood behind the heading, or a checkpoint that remembers it. A log may be closed by `END`, and another one may follow.
 */
export const HEADING = "TILL LOG\n";
export const END = "END\n";
export const saleLine = (sequence: number, ...prices: number[]): string =>
  `SALE ${sequence} ${(prices.length > 0 ? prices : [500]).join(" ")}\n`;

export function lineReader(config: { day?: string; accept?: string } = {}): Reader {
  return {
    adapter: "lines",
    label: "lines@1.0.0",
    config,
    fingerprint: sha256(JSON.stringify(config)),
    mask: (bytes) => maskCardNumbersInBytes(bytes).bytes,
    open: (resume) => openLines(config, resume),
  };
}

function openLines(config: { day?: string; accept?: string }, resume?: Checkpoint): ParseSession {
  let rest = Buffer.alloc(0);
  let at = resume?.offset ?? 0;
  let headed = (resume?.state as { headed?: boolean } | null | undefined)?.headed ?? false;
  let closed = false;
  const one = (line: string, range: [number, number]): AdapterOutput[] => {
    if (line === HEADING.trim() && !headed) {
      headed = true;
      return [];
    }
    const [word, number, ...prices] = line.split(" ");
    closed = headed && word === "END";
    if (closed) return [];
    if (word === "THROW") throw new Error("a bug of the adapter");
    if (word === "NOTE") return [{ kind: "set-aside", code: "capture.not-a-sale", range }];
    if (!headed || (word !== "SALE" && word !== config.accept))
      return [{ kind: "set-aside", code: "capture.malformed", detail: "word", range }];
    const transaction = makeSale({
      sequence: Number(number),
      prices: prices.map(Number),
      ...(config.day === undefined ? {} : { day: config.day }),
    });
    return [{ kind: "transaction", transaction, range }];
  };
  return {
    write(chunk) {
      rest = Buffer.concat([rest, chunk]);
      const outputs: AdapterOutput[] = [];
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        outputs.push(...one(rest.subarray(0, end).toString("utf8"), [at, at + end + 1]));
        at += end + 1;
        rest = rest.subarray(end + 1);
      }
      return outputs;
    },
    end: () => (rest.length === 0 ? [] : [{ kind: "set-aside", code: "capture.truncated", range: [at, at + rest.length] }]),
    checkpoint: () => ({ offset: at, state: { headed } }),
    isWhole: () => closed && rest.length === 0,
  };
}
