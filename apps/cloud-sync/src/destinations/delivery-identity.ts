import { hash } from "node:crypto";

/**
 * The name under which a receiver gets one revision of one receipt: the same for every attempt, replay and repeated
 * capture, in every cloud that ever reads the journal. What a receiver drops repeats by.
 */
export const deliveryIdentity = (naturalKey: string, revision: number): string =>
  `tx_${hash("sha256", `${naturalKey}#${revision}`, "base64url").slice(0, 32)}`;
