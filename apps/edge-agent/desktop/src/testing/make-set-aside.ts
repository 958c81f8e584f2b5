import type { SetAsideFull } from "@tillsync/edge-agent/window-api";
import { NOW_MS } from "./make-shop.ts";

const at = (minutesAgo: number): string => new Date(NOW_MS - minutesAgo * 60_000).toISOString();

const anItem = (id: number, more: Partial<SetAsideFull>): SetAsideFull => ({
  id,
  origin: id < 0 ? "cloud" : "here",
  state: "open",
  at: at(35),
  code: "capture.malformed",
  detail: "line 3: Amount",
  source: "pos-export",
  adapter: "poslog",
  name: "TLOG_20261121_0001.xml",
  range: [1_024, 3_310],
  bytes: 2_286,
  times: 1,
  entry: null,
  handedToIt: null,
  text: '<Transaction MajorVersion="6">\n  <Total>12,x0</Total>\n</Transaction>',
  base64: null,
  cut: false,
  ...more,
});

/** One of each kind: open here, bytes that are no text, one of the cloud's, one that IT has, one that is settled. */
export const makeSetAside = (): SetAsideFull[] => [
  anItem(11, {}),
  anItem(12, {
    code: "source.empty",
    detail: null,
    name: "TLOG_20261121_0007.xml",
    at: at(12),
    range: null,
    bytes: 64_100,
    text: null,
    base64: "AAEC/wAB",
    cut: true,
    times: 3,
  }),
  anItem(-3, {
    code: "entry.invalid",
    detail: "lines[0].quantity",
    source: null,
    adapter: null,
    name: null,
    range: null,
    at: at(7),
    entry: { epoch: 1, seq: 4_711 },
    text: '{"type":"sale"}',
  }),
  anItem(9, { at: at(300), handedToIt: { atMs: NOW_MS - 3_600_000, supportNumber: "4711-0815" } }),
  anItem(5, { at: at(900), state: "resolved" }),
];
