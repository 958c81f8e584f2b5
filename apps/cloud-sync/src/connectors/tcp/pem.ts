import { createPrivateKey, X509Certificate } from "node:crypto";

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** True for one or more certificates as PEM, each of which can be read, with nothing but white space between them. */
export function isCertificates(text: string): boolean {
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0 || text.replaceAll(BLOCK, "").trim() !== "") return false;
  return blocks.every((block) => doesNotThrow(() => new X509Certificate(block)));
}

/** True for an unencrypted private key as PEM. */
export const isPrivateKey = (text: string): boolean => doesNotThrow(() => createPrivateKey(text));

/** True when the key is that of the first certificate. Both must be readable. */
export const isKeyOf = (key: string, certificates: string): boolean =>
  new X509Certificate(certificates).checkPrivateKey(createPrivateKey(key));

function doesNotThrow(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
