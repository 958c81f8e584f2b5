import { referencedKey, type RetailTransaction } from "@tillsync/sync-protocol";

/** Natural key of the receipt that the first returned line names fully. */
export function returnedReceipt(receipt: RetailTransaction): string | undefined {
  for (const { returnOf } of receipt.lines) {
    const key = returnOf === undefined ? undefined : referencedKey(returnOf);
    if (key !== undefined) return key;
  }
  return undefined;
}
