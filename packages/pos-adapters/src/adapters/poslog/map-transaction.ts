import { TillsyncError } from "@tillsync/sync-protocol";
import type { AdapterContext } from "../../kit/adapter.ts";
import type { ZoneRule } from "../../kit/fields/zone-rule.ts";
import type { PoslogConfig } from "./config.ts";
import type { Dialect } from "./dialects.ts";
import { mapControl } from "./map-control.ts";
import { mapHeader } from "./map-header.ts";
import { mapInventory } from "./map-inventory.ts";
import { mapRetail } from "./map-retail.ts";
import { mapTenderControl } from "./map-tender-control.ts";
import type { XmlNode } from "./read-tree.ts";
import { localNameOf } from "./tree.ts";

/** All that the mapping of one record needs beside the record. */
export interface MapSettings {
  readonly config: PoslogConfig;
  readonly context: AdapterContext;
  readonly dialect: Dialect;
  readonly zone?: ZoneRule;
}

/**
 * Maps a POSLog transaction to a draft of the model. Only fields that are named here survive: a name, an address or a
 * signature has no way through. Throws coded errors; `mapRecord` sets the record aside with them.
 */
export function mapTransaction(transaction: XmlNode, settings: MapSettings): unknown {
  for (const body of transaction.children) {
    switch (localNameOf(body)) {
      case "RetailTransaction":
      case "PostVoidTransaction":
      case "ForeCourtTransaction":
      case "FoodserviceTransaction":
        return mapRetail("RetailTransaction", transaction, body, settings);
      case "CustomerOrderTransaction":
      case "CustomerOrder":
        return mapRetail("CustomerOrder", transaction, body, settings);
      case "ControlTransaction":
      case "FunctionTransaction":
        return mapControl(transaction, body, settings);
      case "TenderControlTransaction":
        return mapTenderControl(transaction, body, settings);
      case "InventoryControlTransaction":
      case "InventoryControl":
      case "InventoryTransaction":
        return mapInventory(transaction, body, settings);
      default:
    }
  }
  const header = mapHeader(transaction, undefined, settings);
  // A header alone is how several tills write a cancelled or an aborted transaction: a number was used, nothing was sold.
  if (header.status === "cancelled") return { transactionType: "Control", ...header, control: { kind: "other", reason: "cancelled" } };
  throw new TillsyncError("capture.field-missing", "kind of transaction");
}
