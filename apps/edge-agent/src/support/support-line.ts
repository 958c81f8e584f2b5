import type { Enrolment } from "../enrol/enrolment.ts";
import type { TerminalKeys } from "../keys/key-files.ts";
import { openLine } from "../redemptions/cloud-asker.ts";
import { postAuthorised } from "../replicator/post-authorised.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { SupportSenderDeps } from "./support-sender.ts";

export interface SupportLine {
  readonly post: SupportSenderDeps["post"];
  close(): Promise<void>;
}

/** Opened for a request and closed behind it: requests for help are rare, and a connection that rests costs a till memory. */
export function supportLine(deps: {
  readonly keys: TerminalKeys;
  readonly ports: ReplicatorPorts;
  readonly env: NodeJS.ProcessEnv;
}): SupportLine {
  const open = new Set<ReturnType<typeof openLine>>();
  const close = async (line: ReturnType<typeof openLine>): Promise<void> => {
    open.delete(line);
    await line.transport.close();
  };
  return {
    post: async (enrolment: Enrolment, request) => {
      const line = openLine(deps, enrolment);
      open.add(line);
      try {
        return await postAuthorised(line, { ...request, headers: { "content-type": "application/json", accept: "application/json" } });
      } finally {
        await close(line);
      }
    },
    close: async () => {
      await Promise.all([...open].map(close));
    },
  };
}
