import { listSetAside, showSetAside } from "../capture/list-set-aside.ts";
import type { CaptureDeps } from "../capture/capture-file.ts";
import type { OpenReader } from "../capture/reader.ts";
import type { AgentConfig } from "../config/config-schema.ts";
import type { WindowHandlers } from "../control/methods.ts";
import { configuredSource } from "../core/configured-source.ts";
import { readDay } from "../day/read-day.ts";
import { readDevices } from "../day/read-devices.ts";
import type { Enrolment } from "../enrol/enrolment.ts";
import { findMembers } from "../look-up/find-members.ts";
import { findProducts } from "../look-up/find-products.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import { openExaminer } from "../support/examine-apart.ts";
import { startSupport, type SupportDeps } from "../support/start-support.ts";
import { retryForWindow } from "./retry-for-window.ts";

export interface CareDeps extends CaptureDeps, Pick<SupportDeps, "keys" | "log" | "guard"> {
  readonly dir: string;
  readonly openReader: OpenReader;
  readonly ports: SupportDeps["ports"] & { readonly env: NodeJS.ProcessEnv };
  readonly uplink: { enrolment(): Enrolment | undefined };
  readonly reference: { readonly store: ReferenceStore };
  readonly sources: { config(): AgentConfig };
  /** Aborts when the agent stops. */
  readonly signal: AbortSignal;
}

/** What runs beside the agent shares the memory that the service is allowed; a bundle of a full log stays under 160 MiB. */
const APART_FLAGS = ["--max-old-space-size=128", "--max-semi-space-size=2"] as const;

type CareMethod =
  | "day"
  | "devices"
  | "find-products"
  | "find-members"
  | "set-aside-list"
  | "set-aside-show"
  | "set-aside-try-again"
  | "set-aside-hand-to-it"
  | "doctor"
  | "support-bundle";

export interface Care {
  readonly handlers: Pick<WindowHandlers, CareMethod>;
  readonly stop: () => Promise<void>;
}

/** What staff may ask about the day, about goods and members, and about what went wrong. */
export function startCare(deps: CareDeps): Care {
  const { store, ports, uplink, sources } = deps;
  const enrolment = (): Enrolment | undefined => uplink.enrolment();
  const lookUp = { reference: deps.reference.store, enrolment, wallMs: ports.wallMs };
  const retry = { ...deps, configOf: configuredSource(deps.dir, () => sources.config()) };
  const support = startSupport({ ...deps, enrolment, env: ports.env });
  const command = [process.execPath, ...APART_FLAGS, process.argv[1] ?? ""] as const;
  const examiner = openExaminer({ ...deps, command, wallMs: ports.wallMs, terminal: () => enrolment()?.terminal });
  return {
    handlers: {
      day: ({ businessDay }) => readDay(store, businessDay),
      devices: () => readDevices(store),
      "find-products": ({ text, limit }, gone) => findProducts(lookUp, text, limit, gone),
      "find-members": ({ text }) => findMembers(lookUp, text),
      "set-aside-list": ({ all }) => listSetAside(store, all),
      "set-aside-show": ({ id }) => showSetAside(store, id),
      "set-aside-try-again": ({ ids }) => retryForWindow(retry, ids),
      "set-aside-hand-to-it": ({ ids, note }) => support.handToIt(ids, note),
      doctor: () => examiner.doctor(),
      "support-bundle": () => examiner.bundle(),
    },
    stop: () => support.stop(),
  };
}
