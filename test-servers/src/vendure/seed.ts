import { ASSORTMENT, CURRENCY, type AssortmentItem } from "../../../examples/src/pos-generator/trading-day/assortment.ts";
import { openAdminApi, type AdminApi } from "./admin-api.ts";

/** Stock locations are called as the POS calls its stores. */
export const STORES = ["0301", "0302"] as const;
/** Enough of everything for the longest day; `SCARCE` is there to be sold out. */
const STOCK = 1_000_000;
export const SCARCE = { sku: "SCARCE", stock: 3, price: 1_000 } as const;
/** Collective items: what is on a receipt and is no article. Their stock is not counted. */
export const COLLECTIVE = ["TILL-ADJUSTMENT", "TILL-RETURN"] as const;

const SHIPPING = "carried-out";
/** Returns without a receipt are orders below zero; the check for a least total lets them pass. */
const LEAST_TOTAL = -1_000_000_000;

/** What a client needs to know of a seeded server. */
export interface Seed {
  readonly adminPassword: string;
  readonly apiKey: string;
  readonly walkInCustomer: string;
  readonly shippingMethod: string;
  readonly paymentMethod: string;
  readonly stockLocations: Readonly<Record<string, string>>;
}

interface Variant {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  readonly stock: number | undefined;
  readonly taxRate: string;
}

/** Fills a populated, empty server: channel, stores, the assortment, the walk-in customer, and a key with few rights. */
export async function seedVendure(port: number, adminPassword: string): Promise<Seed> {
  const api = openAdminApi(port);
  await api.run('mutation($p:String!){login(username:"superadmin",password:$p){__typename ... on ErrorResult{errorCode message}}}', {
    p: adminPassword,
  });
  await setUpChannel(api);
  const stockLocations: Record<string, string> = {};
  for (const name of STORES) {
    const { made } = await api.run<{ made: { id: string } }>(
      "mutation($i:CreateStockLocationInput!){made:createStockLocation(input:$i){id}}",
      { i: { name } },
    );
    stockLocations[name] = made.id;
  }
  await createVariants(api, Object.values(stockLocations));
  await createShippingMethod(api);
  const { customer } = await api.run<{ customer: { id: string } }>(
    "mutation($i:CreateCustomerInput!){customer:createCustomer(input:$i){... on Customer{id} ... on ErrorResult{errorCode message}}}",
    { i: { firstName: "Walk-in", lastName: "Customer", emailAddress: "walk-in@example.com" } },
  );
  const { pays } = await api.run<{ pays: { items: { code: string }[] } }>("{pays:paymentMethods{items{code}}}");
  return {
    adminPassword,
    apiKey: await createKey(api),
    walkInCustomer: customer.id,
    shippingMethod: SHIPPING,
    paymentMethod: pays.items[0]?.code ?? "",
    stockLocations,
  };
}

async function setUpChannel(api: AdminApi): Promise<void> {
  const { activeChannel, zones } = await api.run<{ activeChannel: { id: string }; zones: { items: { id: string }[] } }>(
    "{activeChannel{id} zones{items{id}}}",
  );
  const zone = zones.items[0]?.id;
  await api.run("mutation($i:UpdateChannelInput!){updateChannel(input:$i){__typename ... on ErrorResult{errorCode message}}}", {
    i: {
      id: activeChannel.id,
      defaultCurrencyCode: CURRENCY,
      availableCurrencyCodes: [CURRENCY],
      pricesIncludeTax: true,
      defaultTaxZoneId: zone,
      defaultShippingZoneId: zone,
    },
  });
}

async function createShippingMethod(api: AdminApi): Promise<void> {
  const operation = (code: string, args: Record<string, string>): object => ({
    code,
    arguments: Object.entries(args).map(([name, value]) => ({ name, value })),
  });
  await api.run("mutation($i:CreateShippingMethodInput!){createShippingMethod(input:$i){id}}", {
    i: {
      code: SHIPPING,
      fulfillmentHandler: "manual-fulfillment",
      checker: operation("default-shipping-eligibility-checker", { orderMinimum: String(LEAST_TOTAL) }),
      calculator: operation("default-shipping-calculator", { rate: "0", includesTax: "auto", taxRate: "0" }),
      translations: [{ languageCode: "en", name: "Carried out", description: "" }],
    },
  });
}

const variantOf = (item: AssortmentItem): Variant => ({
  sku: item.itemId,
  name: item.description,
  price: item.priceCents,
  // Weighed goods move by the piece in a system that counts whole units, and services have no stock.
  stock: item.uom === "EA" && item.itemType === "stock" ? STOCK : undefined,
  taxRate: item.taxRate,
});

async function createVariants(api: AdminApi, locations: readonly string[]): Promise<void> {
  const { taxCategories } = await api.run<{ taxCategories: { items: { id: string; name: string }[] } }>("{taxCategories{items{id name}}}");
  const collective = COLLECTIVE.map((sku): Variant => ({ sku, name: sku, price: 0, stock: undefined, taxRate: "0" }));
  const scarce: Variant = { sku: SCARCE.sku, name: "Last of its kind", price: SCARCE.price, stock: SCARCE.stock, taxRate: "19" };
  for (const variant of [...ASSORTMENT.map(variantOf), scarce, ...collective]) {
    const { product } = await api.run<{ product: { id: string } }>(
      "mutation($i:CreateProductInput!){product:createProduct(input:$i){id}}",
      {
        i: {
          enabled: true,
          translations: [{ languageCode: "en", name: variant.name, slug: variant.sku.toLowerCase(), description: "" }],
        },
      },
    );
    const { sku, name, price, stock } = variant;
    await api.run("mutation($i:[CreateProductVariantInput!]!){createProductVariants(input:$i){id}}", {
      i: [
        {
          productId: product.id,
          sku,
          price,
          trackInventory: stock === undefined ? "FALSE" : "TRUE",
          taxCategoryId: taxCategories.items.find((category) => category.name.startsWith(`VAT ${variant.taxRate} `))?.id,
          stockLevels: locations.map((stockLocationId) => ({ stockLocationId, stockOnHand: stock ?? 0 })),
          translations: [{ languageCode: "en", name }],
        },
      ],
    });
  }
}

/** A key bound to a role that may do what the connector does, and nothing else. */
async function createKey(api: AdminApi): Promise<string> {
  const { role } = await api.run<{ role: { id: string } }>("mutation($i:CreateRoleInput!){role:createRole(input:$i){id}}", {
    i: {
      code: "tillsync",
      description: "Tillsync",
      permissions: [
        "CreateOrder",
        "ReadOrder",
        "UpdateOrder",
        "DeleteOrder",
        "ReadCatalog",
        "UpdateCatalog",
        "ReadProduct",
        "UpdateProduct",
        "ReadStockLocation",
        "ReadCustomer",
        "ReadShippingMethod",
        "ReadPaymentMethod",
        "ReadSettings",
      ],
    },
  });
  const { key } = await api.run<{ key: { apiKey: string } }>("mutation($i:CreateApiKeyInput!){key:createApiKey(input:$i){apiKey}}", {
    i: { roleIds: [role.id], translations: [{ languageCode: "en", name: "tillsync" }] },
  });
  return key.apiKey;
}
