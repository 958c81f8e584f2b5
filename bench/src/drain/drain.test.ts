import { expect, test } from "vitest";
import { allHeld } from "./drain.ts";

const ahead = { factor: 1, reached: 1.5 };
const behind = { factor: 3, reached: 2.9 };
const missing = { factor: 1, reached: null };

test.each([
  ["all held", true, [ahead, ahead], true],
  ["its own target missed", false, [ahead], false],
  ["a peer not beaten by its factor", true, [ahead, behind], false],
  ["a peer missing: open", true, [ahead, missing], null],
  ["a peer missing and another not beaten", true, [behind, missing], false],
])("%s", (_, held, peers, met) => expect(allHeld(held, peers)).toBe(met));
