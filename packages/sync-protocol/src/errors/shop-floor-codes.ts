import { entry, type ErrorEntry } from "./entry.ts";

/** What tray and window say of a shop as a whole, where no other code names it already. */
export const SHOP_FLOOR_CODES = {
  "agent.not-answering": entry(
    "after-fix",
    "The agent of this machine does not answer.",
    "Start the service again, or the machine. What the POS writes is read once it runs.",
  ),
  "source.none": entry(
    "after-fix",
    "No source of sales is set up at this terminal.",
    "Name the POS's folder or the HTTP interface in the configuration; nothing is captured until then.",
  ),
  "source.stale": entry(
    "after-fix",
    "A source of sales was not looked at for too long.",
    "See whether its folder or network share answers; then start the service again.",
  ),
  "source.paused": entry(
    "automatic",
    "The reading of sales is paused for maintenance.",
    "Nothing: it ends by itself at the time shown. Whoever has finished earlier resumes it.",
  ),
  "capture.set-aside": entry(
    "after-fix",
    "Something that came from the POS could not be taken as a sale; it is kept and set aside.",
    "Look at it under what was set aside: try it again, or hand it to IT.",
  ),
  "wire.sign-in": entry(
    "automatic",
    "The network answers with a page of its own in place of the cloud: it may want a sign-in.",
    "Sign in to the network, or ask IT to let the cloud's address pass. Sales are kept.",
  ),
  "wire.proxy-refused": entry(
    "automatic",
    "The network's proxy does not let this terminal through.",
    "Give the proxy's name and password in the agent's settings, or ask IT to let it pass. Sales are kept.",
  ),
  "order.conflict": entry(
    "after-fix",
    "What happened to an order contradicts itself.",
    "Open the orders and ask head office what holds; both facts are kept.",
  ),
} as const satisfies Record<string, ErrorEntry>;
