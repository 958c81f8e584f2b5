import { pseudonymSchema, TillsyncError, type Account, type Pseudonym } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { pseudonymise, retailerPseudonymKey, type PseudonymKind } from "../../keys/pseudonym.ts";
import type { Redemptions } from "../../redemptions/redemptions.ts";
import { readGiftCard, readMember } from "../../reference/read/read-member.ts";
import { asOf, found, type ReadDeps } from "../reads.ts";
import { readBody, readParams } from "../read-request.ts";

export interface PeopleDeps extends ReadDeps {
  readonly redemptions: Pick<Redemptions, "view">;
}

const idParams = z.strictObject({ id: pseudonymSchema });
/** What is on the card, or what the customer says: it is turned into its pseudonym here and goes no further. */
const identifyBody = z.strictObject({ number: z.string().trim().min(1).max(200) });

/** `/v1/members` and `/v1/giftcards`: by pseudonym, and from a number to its pseudonym. */
export function peopleRoutes(app: FastifyInstance, deps: PeopleDeps): void {
  app.get("/v1/members/:id", (request, reply) => reply.send(memberOf(deps, readParams(idParams, request.params).id)));
  app.post("/v1/members/identify", (request, reply) => {
    const memberRef = pseudonymOf(deps, "member", readBody(identifyBody, request.body).number);
    return reply.send({ memberRef, ...memberOf(deps, memberRef, "may be unknown") });
  });
  app.get("/v1/giftcards/:id", (request, reply) => reply.send(cardOf(deps, readParams(idParams, request.params).id)));
  app.post("/v1/giftcards/identify", (request, reply) => {
    const cardRef = pseudonymOf(deps, "giftCard", readBody(identifyBody, request.body).number);
    return reply.send({ cardRef, ...cardOf(deps, cardRef, "may be unknown") });
  });
}

/** Before enrolment the key is this terminal's own: its pseudonyms would name nobody anywhere else. */
function pseudonymOf(deps: ReadDeps, kind: PseudonymKind, value: string): Pseudonym {
  const enrolment = deps.enrolment();
  if (enrolment === undefined) throw new TillsyncError("enrol.required");
  return pseudonymise(retailerPseudonymKey(enrolment.pseudonymKey), kind, value);
}

type Unknown = "is an error" | "may be unknown";

function memberOf(deps: PeopleDeps, id: Pseudonym, unknown: Unknown = "is an error"): object {
  const known = asOf(deps, "members");
  const member = readMember(deps.reference, id);
  if (member === undefined && unknown === "is an error") found(member, "member");
  // Sealed data is for who holds the retailer's key, and merging stamps are for the cloud.
  const { sealed: _sealed, stamps: _stamps, ...shown } = member ?? {};
  return { member: member === undefined ? null : shown, spendableHere: spendable(deps, { kind: "points", id }), ...known };
}

function cardOf(deps: PeopleDeps, id: Pseudonym, unknown: Unknown = "is an error"): object {
  const known = asOf(deps, "giftcards");
  const card = readGiftCard(deps.reference, id);
  if (card === undefined && unknown === "is an error") found(card, "gift card");
  return { giftCard: card ?? null, spendableHere: spendable(deps, { kind: "giftCard", id }), ...known };
}

/** What this terminal can promise by itself with the line down; with it up, `POST /v1/redemptions` asks the cloud for more. */
function spendable({ redemptions }: PeopleDeps, account: Account): object {
  const { available, reserved, unit } = redemptions.view(account);
  return { available, reserved, unit };
}
