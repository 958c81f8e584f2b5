import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate and its key, as text and as the files that servers read. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** An authority that nobody knows until its certificate is named. */
export interface Authority {
  readonly certificate: string;
  readonly certificateFile: string;
  /** Signs a certificate for a server of these names (`DNS:localhost`, `IP:127.0.0.1`), or for a client when there is none. */
  issue(name: string, altNames?: readonly string[]): Identity;
}

/** What a suite lives. */
const DAYS = "2";
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", DAYS];

/** Makes an authority with `openssl`; all files lie in `folder`, which is made. */
export function makeAuthority(folder: string, name: string): Authority {
  mkdirSync(folder, { recursive: true });
  const sign = (subject: string, extra: readonly string[]): Identity => {
    const certificateFile = join(folder, `${subject}.pem`);
    const keyFile = join(folder, `${subject}.key`);
    execFileSync("openssl", ["req", "-x509", ...KEY, "-subj", `/CN=${subject}`, ...extra, "-keyout", keyFile, "-out", certificateFile], {
      stdio: "ignore",
    });
    return { certificate: readFileSync(certificateFile, "utf8"), key: readFileSync(keyFile, "utf8"), certificateFile, keyFile };
  };
  const own = sign(name, ["-addext", "keyUsage=critical,keyCertSign"]);
  const by = ["-CA", own.certificateFile, "-CAkey", own.keyFile, "-addext", "basicConstraints=critical,CA:FALSE"];
  return {
    certificate: own.certificate,
    certificateFile: own.certificateFile,
    issue: (subject, altNames = []) => {
      const usage =
        altNames.length > 0 ? ["extendedKeyUsage=serverAuth", `subjectAltName=${altNames.join(",")}`] : ["extendedKeyUsage=clientAuth"];
      return sign(subject, [...by, ...usage.flatMap((text) => ["-addext", text])]);
    },
  };
}
