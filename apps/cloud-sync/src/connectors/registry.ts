import { TillsyncError } from "@tillsync/sync-protocol";
import type { Connector } from "./connector.ts";
import { businessCentral } from "./business-central/business-central.ts";
import { commercetools } from "./commercetools/commercetools.ts";
import { erpnext } from "./erpnext/erpnext.ts";
import { kafka } from "./kafka/kafka.ts";
import { klaviyo } from "./klaviyo/klaviyo.ts";
import { medusa } from "./medusa/medusa.ts";
import { netsuite } from "./netsuite/netsuite.ts";
import { odoo } from "./odoo/odoo.ts";
import { postgresTable } from "./postgres-table/postgres-table.ts";
import { rabbitmq } from "./rabbitmq/rabbitmq.ts";
import { salesforceB2c } from "./salesforce-b2c/salesforce-b2c.ts";
import { shipengine } from "./shipengine/shipengine.ts";
import { shopify } from "./shopify/shopify.ts";
import { square } from "./square/square.ts";
import { talonOne } from "./talon-one/talon-one.ts";
import { tryton } from "./tryton/tryton.ts";
import { vendure } from "./vendure/vendure.ts";
import { voucherify } from "./voucherify/voucherify.ts";
import { webhook } from "./webhook/webhook.ts";

const connectors: ReadonlyMap<string, Connector> = new Map(
  [
    businessCentral as Connector,
    commercetools as Connector,
    erpnext as Connector,
    kafka as Connector,
    klaviyo as Connector,
    medusa as Connector,
    netsuite as Connector,
    odoo as Connector,
    postgresTable as Connector,
    rabbitmq as Connector,
    salesforceB2c as Connector,
    shipengine as Connector,
    shopify as Connector,
    square as Connector,
    talonOne as Connector,
    tryton as Connector,
    vendure as Connector,
    voucherify as Connector,
    webhook as Connector,
  ].map((connector) => [connector.manifest.kind, connector]),
);

/** Throws `destination.config-invalid` for a kind that this version does not have. */
export function connectorOf(kind: string): Connector {
  const connector = connectors.get(kind);
  if (connector === undefined) throw new TillsyncError("destination.config-invalid", `kind: one of ${[...connectors.keys()].join(", ")}`);
  return connector;
}
