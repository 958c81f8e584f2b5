import { z } from "zod";
import { isCertificates, isKeyOf, isPrivateKey } from "./pem.ts";

/** A chain of a few certificates has some kilobytes, a key of 4,096 bits three. */
const CERTIFICATE_CHARS_MAX = 32_000;
const KEY_CHARS_MAX = 16_000;

/** Fields of a connector that can show a certificate of its own to the server. */
export const clientCertificateShape = {
  /** PEM of our certificate, followed by those between it and its authority, where there are any. */
  clientCertificate: z.string().max(CERTIFICATE_CHARS_MAX).refine(isCertificates, "PEM of certificates").optional(),
  /** PEM of its key, not encrypted. */
  clientKey: z.string().max(KEY_CHARS_MAX).refine(isPrivateKey, "PEM of a private key that is not encrypted").optional(),
};

export interface ClientCertificate {
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
}

/** Certificate and key come together, belong together, and are for TLS. For `superRefine`. */
export function refineClientCertificate(
  { clientCertificate, clientKey, tls }: ClientCertificate & { readonly tls: "verify" | "off" },
  context: z.RefinementCtx,
): void {
  const refuse = (field: keyof ClientCertificate, message: string): void => {
    context.addIssue({ code: "custom", path: [field], message });
  };
  if (clientCertificate === undefined && clientKey === undefined) return;
  if (clientCertificate === undefined) refuse("clientCertificate", "clientCertificate and clientKey come together");
  else if (clientKey === undefined) refuse("clientKey", "clientCertificate and clientKey come together");
  else if (tls === "off") refuse("clientCertificate", "needs tls");
  // What cannot be read is told of its own field.
  else if (isCertificates(clientCertificate) && isPrivateKey(clientKey) && !isKeyOf(clientKey, clientCertificate))
    refuse("clientKey", "is not the certificate's");
}
