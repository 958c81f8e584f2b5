import { DEFAULT_POLICIES, QUOTAS_SETTING, quotaPoliciesSchema, type Account, type QuotaPolicies } from "@tillsync/sync-protocol";
import type { Enrolment } from "../enrol/enrolment.ts";
import type { TerminalKeys } from "../keys/key-files.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import { findDocument } from "../reference/store/find-documents.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { createCloudAsker } from "./cloud-asker.ts";
import { followQuotas } from "./follow-quotas.ts";
import { openRedemptions } from "./open-redemptions.ts";
import type { RedemptionDeps, Redemptions } from "./redemptions.ts";

export interface RunningRedemptions extends Redemptions {
  stop(): Promise<void>;
}

export interface StartRedemptionsDeps {
  readonly store: AgentStore;
  readonly reference: ReferenceStore;
  readonly keys: TerminalKeys;
  readonly enrolment: () => Enrolment | undefined;
  readonly ports: ReplicatorPorts;
  readonly env: NodeJS.ProcessEnv;
  readonly log: { warn(fields: object, message: string): void };
}

/** Redemptions of a running agent: its quotas, policies and blocked cards come from the reference data, its questions go to the cloud. */
export function startRedemptions(deps: StartRedemptionsDeps): RunningRedemptions {
  const { store, reference, enrolment } = deps;
  const asker = createCloudAsker(deps);
  const redemptions = openRedemptions({
    store,
    terminal: enrolment,
    policy: (kind) => readPolicies(reference)[kind],
    standing: (account) => standingOf(reference, account),
    ask: (ask) => asker.ask(ask),
  });
  const quotas = followQuotas(reference, {
    isReady: () => enrolment() !== undefined,
    take: (documents) => redemptions.takeQuotas(documents),
    onTrouble: (error) => deps.log.warn({ err: error }, "quotas could not be taken over; they are looked at again with the next change"),
  });
  return {
    ...redemptions,
    reserve: (request) => {
      quotas.look();
      return redemptions.reserve(request);
    },
    stop: () => {
      quotas.stop();
      return asker.close();
    },
  };
}

/** What cannot be read is as good as none: ask the cloud, otherwise decline. */
function readPolicies(reference: ReferenceStore): QuotaPolicies {
  const setting = found(() => findDocument(reference, "configuration", QUOTAS_SETTING));
  return quotaPoliciesSchema.safeParse(setting?.value).data ?? DEFAULT_POLICIES;
}

/** As far as the till knows: a card that nobody has told of may be used, up to what is leased of it. */
function standingOf(reference: ReferenceStore, { kind, id }: Account): ReturnType<RedemptionDeps["standing"]> {
  if (kind === "giftCard") {
    const state = found(() => findDocument(reference, "giftcards", id))?.state;
    return state === "blocked" || state === "expired" ? state : "usable";
  }
  return kind === "points" && found(() => findDocument(reference, "members", id))?.state === "left" ? "blocked" : "usable";
}

function found<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
