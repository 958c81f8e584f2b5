/**
 * The dispatchers alone: the package's front door also loads fetch, caches, mocks and cookies, which takes 13 MB and
 * 90 ms more than the agent has to give.
 */
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
declare module "undici/lib/dispatcher/env-http-proxy-agent.js" {
  import { EnvHttpProxyAgent } from "undici";
  export default EnvHttpProxyAgent;
}
