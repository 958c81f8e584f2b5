import { entry, type ErrorEntry } from "./entry.ts";

/** The part of the catalogue that a POS developer meets at the terminal's own HTTP interface. */
export const INTAKE_CODES = {
  "intake.address": entry(
    "automatic",
    "The terminal's HTTP interface cannot listen at its port.",
    "Stop the program that uses the port, or set another one; it is tried again.",
  ),
  "intake.host-refused": entry(
    "never",
    "The request names another host than this machine.",
    "Ask by 127.0.0.1 or localhost and the configured port.",
    421,
  ),
  "intake.browser-refused": entry(
    "never",
    "The request comes from a web page, and web pages may not use the terminal's HTTP interface.",
    "Ask from the POS program itself, not from a page inside it.",
    403,
  ),
  "intake.token-missing": entry("after-fix", "The request carries no token.", "Send the token that `intake token add` has shown.", 401),
  "intake.token-invalid": entry("after-fix", "The token is wrong or was revoked.", "Make a new one with `intake token add`.", 401),
  "intake.read-only": entry("never", "The token may read and nothing else.", "Use a token that was made without --read-only.", 403),
  "intake.client-exists": entry("never", "There is a client of that name.", "Choose another name, or revoke the old token first."),
  "intake.client-unknown": entry("never", "There is no client of that name.", "See `intake token list`."),
  "intake.busy": entry(
    "automatic",
    "Too many requests are in hand at this terminal.",
    "Wait for answers before sending more; the same request may be sent again.",
    503,
  ),
  "intake.too-large": entry("never", "The request has more bytes or rows than one request may have.", "Send fewer rows at once.", 413),
  "intake.too-slow": entry("never", "The request did not arrive whole in time.", "Send it again at once; nothing of it was kept.", 408),
  "intake.invalid": entry("never", "The request does not have the right shape.", "Correct the field that is named; nothing was kept.", 400),
  "order.step-refused": entry(
    "never",
    "This step of the order may not be taken; nothing was written.",
    "Tell staff the reason that is named, and show where the order stands.",
    409,
  ),
  "order.changed": entry(
    "never",
    "The order is not what staff had before them any more; nothing was written.",
    "Show the order as it is now; then send the step with its revision.",
    409,
  ),
  "order.step-differs": entry("never", "This step's id stands for another step already.", "Give each step an id of its own.", 409),
  "order.not-here": entry(
    "never",
    "This terminal knows no order of that number.",
    "Check the number; the order may be of another store.",
    404,
  ),
  "reference.not-loaded": entry(
    "automatic",
    "This terminal has not loaded what was asked for yet.",
    "Ask again in a moment; `edge-agent status` shows how far it is.",
    503,
  ),
  "reference.not-here": entry(
    "never",
    "This terminal knows nothing of that name or number.",
    "Check it; when it was made just now, ask again in a moment.",
    404,
  ),
  "reference.no-price": entry(
    "never",
    "No price of the item is in force then.",
    "Let a person set the price, or ask for another time.",
    404,
  ),
  "quota.declined": entry("never", "The amount is not covered; nothing was reserved.", "Take another way of payment for it.", 409),
  "quota.cancelled": entry("never", "This redemption was cancelled.", "Reserve again with another id.", 409),
  "quota.committed": entry("never", "This redemption was used up already.", "Refund it if the customer gets the value back.", 409),
} as const satisfies Record<string, ErrorEntry>;
