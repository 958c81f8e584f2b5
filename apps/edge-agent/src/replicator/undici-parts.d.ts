/**
 * Parts of undici by themselves: the package's front door also loads fetch, caches, mocks and cookies, which takes 13 MB
 * and 60 ms more than the agent has to give.
 */
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
declare module "undici/lib/api/api-request.js" {
  import type { Dispatcher } from "undici";
  export default function request(this: Dispatcher, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
}
