import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";

const askedSchema = z.object({ from: z.string(), identity: z.string(), orderingKey: z.string(), tpos: z.number() });

export interface Request extends z.infer<typeof askedSchema> {
  readonly destination: string;
  readonly what: "look-up" | "send";
}

/** What is withheld once a process has come to a point, of that process and destination. */
interface Point {
  readonly destination: string;
  readonly from: string;
  readonly what: "look-up" | "send";
  /** The how many-th request of that kind. */
  readonly nth: number;
}

/**
 * Takes items over HTTP from several processes. A repeat has a second effect, and only a look-up keeps from it. From the
 * point on that `holdFrom` names, a process's requests are taken in, and their answers, with what was true then, are
 * withheld until `release`.
 */
export async function startHttpReceiver() {
  const effects = new Map<string, Request[]>();
  const requests: Request[] = [];
  const points: { point: Point; reached: PromiseWithResolvers<void>; seen: number; held: (() => void)[]; over: boolean }[] = [];
  const keyOf = ({ destination, identity }: Request): string => `${destination} ${identity}`;

  const take = (request: Request): string | undefined => {
    const before = effects.get(keyOf(request)) ?? [];
    if (request.what === "look-up") return before.length === 0 ? undefined : `of ${before[0]?.from}`;
    effects.set(keyOf(request), [...before, request]);
    return `sent by ${request.from}`;
  };

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, destination = "", what = ""] = (message.url ?? "").split("/");
    const request: Request = { ...askedSchema.parse(JSON.parse(await text(message))), destination, what: what as Request["what"] };
    requests.push(request);
    const vendorId = take(request);
    const reply = (): void => void response.end(JSON.stringify({ vendorId }));
    const of = points.find(({ point, over }) => !over && point.destination === destination && point.from === request.from);
    if (of === undefined) return reply();
    if (request.what === of.point.what) of.seen += 1;
    if (of.seen < of.point.nth) return reply();
    of.held.push(reply);
    of.reached.resolve();
  };

  const server = createServer((message, response) => {
    response.on("error", () => undefined);
    void answer(message, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    effects,
    /** Resolves when the point is reached. */
    holdFrom: (point: Point): Promise<void> => {
      const reached = Promise.withResolvers<void>();
      points.push({ point, reached, seen: 0, held: [], over: false });
      return reached.promise;
    },
    /** Lets all answers go that are withheld, and withholds no more. */
    release: (): void => {
      for (const point of points) {
        point.over = true;
        for (const reply of point.held.splice(0)) reply();
      }
    },
    /** `destination identity` of what had more than one effect. */
    doubled: (): string[] => [...effects].filter(([, sent]) => sent.length > 1).map(([key]) => key),
    close: async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
export type HttpReceiver = Awaited<ReturnType<typeof startHttpReceiver>>;
