/** Words of ARTS POSLog 2.2 that several elements share. */
export const VERSION = { Version: "2.2" } as const;
export const TENDER_NAMES = { cash: "Cash", card: "CreditDebit", giftCard: "GiftCard", foreignCash: "ForeignCurrency" } as const;
/** A tender's number in the till's own set-up. */
export const TENDER_IDS = { cash: "1", card: "3", giftCard: "5", foreignCash: "7" } as const;
