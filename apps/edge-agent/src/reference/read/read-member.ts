import type { GiftCard, Member } from "@tillsync/sync-protocol";
import { findDocument } from "../store/find-documents.ts";
import type { ReferenceStore } from "../store/reference-store.ts";

/** A member by pseudonym. `points` is the cloud's figure: what may be spent offline is a quota. Throws `store.*`, `reference.*`. */
export const readMember = (store: ReferenceStore, id: string): Member | undefined => findDocument(store, "members", id);

/** A gift card by the pseudonym of its number. `balance` is the cloud's figure: what may be spent offline is a quota. Throws as `readMember`. */
export const readGiftCard = (store: ReferenceStore, id: string): GiftCard | undefined => findDocument(store, "giftcards", id);
