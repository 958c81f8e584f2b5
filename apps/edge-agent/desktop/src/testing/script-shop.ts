import type { SetAsideFull, SetAsideRow, Snapshot } from "@tillsync/edge-agent/window-api";
import { scriptFloor } from "../window/live/testing/script-floor.ts";
import { makeDay } from "./make-day.ts";
import { makeDoctor } from "./make-care.ts";
import { makeSetAside } from "./make-set-aside.ts";
import { NOW_MS } from "./make-shop.ts";
import { Refused, type ScriptedAgent } from "./scripted-agent.ts";

/** An agent of one shop that remembers what it is told: tries again, hands over, pauses. Its texts pass through `text`. */
export function scriptShop(first: Snapshot, text: <T>(value: T) => T = (value) => value): ScriptedAgent {
  let snapshot = first;
  let items = makeSetAside();
  const change = (ids: readonly number[], to: Partial<SetAsideFull>): void => {
    items = items.map((item) => (ids.includes(item.id) ? { ...item, ...to } : item));
  };
  return {
    ...scriptFloor(text),
    snapshot: () => text({ ...snapshot, atMs: NOW_MS }),
    day: ({ businessDay }) => text(makeDay(businessDay)),
    "set-aside-list": ({ all }) => text(items.filter(({ state }) => all || state === "open").map(toRow)),
    "set-aside-show": ({ id }) => {
      const found = items.find((item) => item.id === id);
      if (found === undefined) throw new Refused("usage.invalid", `no item ${id}`);
      return text(found);
    },
    "set-aside-try-again": ({ ids }) => {
      change(
        ids.filter((id) => id === 11),
        { state: "resolved" },
      );
      const answered = ids.map((id) => ({
        id,
        state: id === 11 ? ("resolved" as const) : ("open" as const),
        transactions: id === 11 ? 1 : 0,
        code: id === 11 ? null : "source.empty",
        detail: null,
      }));
      return text({ ok: answered.every(({ state }) => state === "resolved"), items: answered });
    },
    "set-aside-hand-to-it": ({ ids }) => {
      change(ids, { handedToIt: { atMs: NOW_MS, supportNumber: "2611-0042" } });
      return text({ supportNumber: "2611-0042", handed: ids.length, sent: false });
    },
    doctor: () => text(makeDoctor()),
    "support-bundle": () => text({ fileName: "tillsync-till-1.zip", base64: "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" }),
    pause: ({ forMs, reason }) => {
      snapshot = { ...snapshot, pause: { sinceMs: NOW_MS, untilMs: NOW_MS + forMs, reason } };
      return text({ pause: snapshot.pause });
    },
    resume: () => {
      snapshot = { ...snapshot, pause: null };
      return { pause: null };
    },
  };
}

function toRow({ text: _text, base64: _base64, cut: _cut, ...row }: SetAsideFull): SetAsideRow {
  return row;
}
