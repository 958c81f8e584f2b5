import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { WindowServerOptions } from "./build-window-server.ts";

/**
 * The link, and the window's own files. The link's token is used up before the cookie leaves; the address that the browser
 * is led to holds no secret that would be enough, and the page none at all.
 */
export function pageRoutes(app: FastifyInstance, { files, session, onUse }: WindowServerOptions): void {
  app.get<{ Params: { token: string } }>("/open/:token", (request, reply) => {
    const cookie = session.redeem(request.params.token);
    if (cookie === undefined) throw new TillsyncError("window.link-spent");
    onUse();
    return reply.header("set-cookie", cookie).redirect(session.path, 303);
  });
  app.get<{ Params: { "*": string } }>(`${session.path}*`, (request, reply) => {
    const file = files.get(request.params["*"] === "" ? "index.html" : request.params["*"]);
    if (file === undefined) throw new TillsyncError("wire.not-found");
    return reply.type(file.type).send(file.bytes);
  });
}
