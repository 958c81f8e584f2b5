import { createHash } from "node:crypto";

export const USER = "tillsync";
/** Of a throw-away broker on the loopback. */
export const PASSWORD = "throw-away";
export const EXCHANGE = "tillsync";
export const QUEUE = "receipts";

/** What stands in the broker when it starts: a user, a topic exchange, and a quorum queue that takes every transaction. */
export function definitions(): object {
  const salt = Buffer.from("salt");
  const hash = Buffer.concat([salt, createHash("sha256").update(salt).update(PASSWORD).digest()]).toString("base64");
  return {
    vhosts: [{ name: "/" }],
    users: [{ name: USER, password_hash: hash, hashing_algorithm: "rabbit_password_hashing_sha256", tags: "administrator" }],
    permissions: [{ user: USER, vhost: "/", configure: ".*", write: ".*", read: ".*" }],
    exchanges: [{ name: EXCHANGE, vhost: "/", type: "topic", durable: true, auto_delete: false, internal: false, arguments: {} }],
    queues: [{ name: QUEUE, vhost: "/", durable: true, auto_delete: false, arguments: { "x-queue-type": "quorum" } }],
    bindings: [
      { source: EXCHANGE, vhost: "/", destination: QUEUE, destination_type: "queue", routing_key: "transaction.#", arguments: {} },
    ],
  };
}
