/** Card numbers of test systems, none of them real: what must never come out of an adapter. */
export const CARD_CANARIES = [
  "4111111111111111",
  "5555555555554444",
  "378282246310005",
  "6011111111111117",
  "3530111333300000",
  "30569309025904",
] as const;
