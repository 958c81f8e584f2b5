import { Socket } from "node:net";
import { guardedLookup } from "../address-guard.ts";

/** A socket whose `connect(port, host)` refuses names with private addresses, in the connection itself. */
export function guardedSocket(lookup = guardedLookup()): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket) as (options: object) => Socket;
  return Object.assign(socket, { connect: (port: number, host: string) => connect({ port, host, lookup }) });
}
