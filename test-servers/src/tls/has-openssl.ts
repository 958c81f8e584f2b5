import { execFileSync } from "node:child_process";

/** Whether this machine has the program that `makeAuthority` makes certificates with. */
export const hasOpenssl = ((): boolean => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
