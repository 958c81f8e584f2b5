import type { Enrolment } from "../enrol/enrolment.ts";
import type { TerminalKeys } from "../keys/key-files.ts";
import type { HandedAnswer } from "../window-api/set-aside.ts";
import { handToIt, type HandDeps } from "./hand-to-it.ts";
import { supportLine } from "./support-line.ts";
import { startSupportSender, type SupportSenderDeps } from "./support-sender.ts";

/** Staff wait for the number; whether head office has it already is told where that is quick. */
const SEND_WAIT_MS = 3_000;

export interface SupportDeps extends HandDeps, Pick<SupportSenderDeps, "ports" | "log"> {
  readonly keys: TerminalKeys;
  readonly enrolment: () => Enrolment | undefined;
  readonly env: NodeJS.ProcessEnv;
}

export interface Support {
  handToIt(ids: readonly number[], note: string): Promise<HandedAnswer>;
  stop(): Promise<void>;
}

/** Takes what staff hand to IT and brings it to head office, now or when the line is there. */
export function startSupport(deps: SupportDeps): Support {
  const line = supportLine(deps);
  const sender = startSupportSender({ ...deps, post: line.post });
  return {
    handToIt: async (ids, note) => {
      const handed = await handToIt(deps, ids, note);
      return { ...handed, sent: await sender.send(handed.supportNumber, SEND_WAIT_MS) };
    },
    stop: async () => {
      await Promise.all([line.close(), sender.stop()]);
    },
  };
}
