import type { DoctorAnswer } from "@tillsync/edge-agent/window-api";

/** What a look at everything may find: most in order, one to look at, one that failed. */
export const makeDoctor = (): DoctorAnswer => ({
  ok: false,
  checks: [
    { name: "folder", state: "ok", code: null, detail: "/var/lib/tillsync", nextStep: null },
    { name: "keys", state: "ok", code: null, detail: "journal kQ2f", nextStep: null },
    { name: "disk", state: "warning", code: "store.disk-full", detail: "48 MiB free", nextStep: "Free some space." },
    { name: "database", state: "ok", code: null, detail: "epoch 1, 48211 entries", nextStep: null },
    { name: "clock", state: "ok", code: null, detail: "120 ms off the cloud's", nextStep: null },
    { name: "source pos-export", state: "failed", code: "source.not-found", detail: "/srv/pos/export", nextStep: "Check the folder." },
    { name: "a check of tomorrow", state: "ok", code: null, detail: null, nextStep: null },
  ],
});
