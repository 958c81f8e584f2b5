import { expect, test } from "vitest";
import { epoch, seq } from "./ids.ts";
import { genesisHash, nextHash, toHex } from "./journal/chain.ts";
import { headMessage } from "./journal/head.ts";
import * as limits from "./limits.ts";
import { PATHS } from "./messages/media.ts";
import { INVARIANTS } from "./session/invariants.ts";
import { STATE_NAMES } from "./session/state.ts";
import { TRANSITIONS } from "./session/terminal-session.ts";
import { readText, sha256Pair } from "./testing/node.ts";

const spec = readText("../SPEC.md");
const encoder = new TextEncoder();

test("the worked example of the chain and of a head's message is right", () => {
  const key = /`K` = `([\w-]{43})`/.exec(spec)?.[1] ?? "";
  const lines = [...spec.matchAll(/^\{"seq":[12],"hlc".*\}$/gm)].map(([line]) => encoder.encode(line));
  const genesis = genesisHash(sha256Pair, key, epoch(1));
  const hashes = [genesis];
  for (const line of lines.slice(0, 2)) hashes.push(nextHash(sha256Pair, hashes.at(-1) ?? genesis, line));
  expect(hashes.map((hash, n) => spec.includes(`| hash(${n}) | \`${toHex(hash)}\` |`))).toEqual([true, true, true]);
  const message = new TextDecoder().decode(headMessage(key, epoch(1), seq(2), toHex(hashes.at(-1) ?? genesis)));
  expect(spec).toContain(`\`${message.replaceAll("\n", "\\n")}\``);
});

test("the table is the one of the code", () => {
  const rows = Object.keys(TRANSITIONS.stopped).map((kind) => {
    const cells = STATE_NAMES.map((state) => {
      const cell = TRANSITIONS[state][kind as keyof typeof TRANSITIONS.stopped];
      return "ignored" in cell ? "-" : cell.name;
    });
    return `| ${kind} | ${cells.join(" | ")} |`;
  });
  const written = spec.slice(spec.indexOf("<!-- table -->"), spec.indexOf("<!-- /table -->"));
  expect(written.trim().split("\n").slice(3)).toEqual(rows);
  for (const state of STATE_NAMES) expect(spec).toContain(`| \`${state}\` |`);
});

test("limits, paths and invariants are those of the code", () => {
  const told = [...spec.matchAll(/\| (\d+) \| `([A-Z_]+)` \|/g)];
  expect(told.length).toBe(8);
  const known = new Map<string, unknown>(Object.entries(limits));
  for (const [, value, name = ""] of told) expect(Number(value), name).toBe(known.get(name));
  for (const path of Object.values(PATHS)) expect(spec).toContain(`\`POST ${path}\``);
  for (const [name, text] of Object.entries(INVARIANTS)) expect(spec).toContain(`| ${name} ${text} |`);
});

test("every test file that it names exists", () => {
  for (const [, name] of spec.matchAll(/`([\w.-]+\.test\.ts)`/g)) {
    const found = ["", "session/"].some((folder) => {
      try {
        return readText(`${folder}${name}`).length > 0;
      } catch {
        return false;
      }
    });
    expect(found, name).toBe(true);
  }
});
