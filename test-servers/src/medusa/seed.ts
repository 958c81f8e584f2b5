import {
  ASSORTMENT,
  CURRENCY,
  MEMBERS,
  NEW_MEMBERS,
  OPENING_POINTS,
  type AssortmentItem,
} from "../../../examples/src/pos-generator/trading-day/assortment.ts";
import { openAdminApi, type AdminApi } from "./admin-api.ts";

/** Stock locations are called as the POS calls its stores. */
const STORES = ["0301", "0302"] as const;
/** Enough of everything for the longest day; `SCARCE` is there to be sold out. */
const STOCK = 1_000_000;
const SCARCE = { sku: "SCARCE", stock: 3, cents: 1_000 } as const;
const COUNTRY = "de";

/** What a client needs to know of a seeded server. */
export interface Seed {
  /** Signs the server's sessions. */
  readonly secret: string;
  readonly apiKey: string;
  readonly region: string;
  readonly salesChannel: string;
  readonly shippingOption: string;
  readonly stockLocations: Readonly<Record<string, string>>;
  /** Store credit account by member. */
  readonly accounts: Readonly<Record<string, string>>;
}

interface Variant {
  readonly sku: string;
  readonly title: string;
  readonly cents: number;
  readonly stock: number | undefined;
}

/** Fills an empty Medusa: region, stores, the assortment, members' store credit, and a key. */
export async function seedMedusa(port: number, email: string, password: string): Promise<Omit<Seed, "secret">> {
  const api = await openAdminApi(port, email, password);
  const { sales_channels: channels } = await api.call<{ sales_channels: { id: string }[] }>("GET", "/admin/sales-channels");
  const salesChannel = channels[0]?.id ?? "";
  const { region } = await api.call<{ region: { id: string } }>("POST", "/admin/regions", {
    name: "Tills",
    currency_code: CURRENCY.toLowerCase(),
    countries: [COUNTRY],
    payment_providers: ["pp_system_default"],
  });
  const profile = await makeProfile(api);
  const stockLocations: Record<string, string> = {};
  for (const name of STORES) stockLocations[name] = await makeLocation(api, name, salesChannel);
  const shippingOption = await makeShippingOption(api, profile, stockLocations[STORES[0]] ?? "");
  await makeVariants(api, { salesChannel, profile }, Object.values(stockLocations));
  const accounts: Record<string, string> = {};
  for (const member of [...MEMBERS, ...NEW_MEMBERS])
    accounts[member] = await makeAccount(api, MEMBERS.includes(member) ? OPENING_POINTS : 0);
  const { api_key: key } = await api.call<{ api_key: { token: string } }>("POST", "/admin/api-keys", { title: "tillsync", type: "secret" });
  return { apiKey: key.token, region: region.id, salesChannel, shippingOption, stockLocations, accounts };
}

async function makeLocation(api: AdminApi, name: string, salesChannel: string): Promise<string> {
  const { stock_location: location } = await api.call<{ stock_location: { id: string } }>("POST", "/admin/stock-locations", { name });
  await api.call("POST", `/admin/stock-locations/${location.id}/sales-channels`, { add: [salesChannel] });
  await api.call("POST", `/admin/stock-locations/${location.id}/fulfillment-providers`, { add: ["manual_manual"] });
  return location.id;
}

const variantOf = (item: AssortmentItem): Variant => ({
  sku: item.itemId,
  title: item.description,
  cents: item.priceCents,
  // Weighed goods move by the piece in a system that counts whole units, and services have no stock.
  stock: item.uom === "EA" && item.itemType === "stock" ? STOCK : undefined,
});

async function makeProfile(api: AdminApi): Promise<string> {
  const { shipping_profiles: known } = await api.call<{ shipping_profiles: { id: string }[] }>("GET", "/admin/shipping-profiles");
  if (known[0] !== undefined) return known[0].id;
  const profile = { name: "Default", type: "default" };
  return (await api.call<{ shipping_profile: { id: string } }>("POST", "/admin/shipping-profiles", profile)).shipping_profile.id;
}

/** Under which goods are handed over in the store. */
async function makeShippingOption(api: AdminApi, profile: string, location: string): Promise<string> {
  interface Sets {
    stock_location: { fulfillment_sets: { id: string }[] };
  }
  const path = `/admin/stock-locations/${location}/fulfillment-sets?fields=*fulfillment_sets`;
  const [set] = (await api.call<Sets>("POST", path, { name: "tills", type: "pickup" })).stock_location.fulfillment_sets;
  const zones = await api.call<{ fulfillment_set: { service_zones: { id: string }[] } }>(
    "POST",
    `/admin/fulfillment-sets/${set?.id}/service-zones`,
    { name: "tills", geo_zones: [{ type: "country", country_code: COUNTRY }] },
  );
  const { shipping_option: option } = await api.call<{ shipping_option: { id: string } }>("POST", "/admin/shipping-options", {
    name: "Carried out",
    service_zone_id: zones.fulfillment_set.service_zones[0]?.id,
    shipping_profile_id: profile,
    provider_id: "manual_manual",
    price_type: "flat",
    type: { label: "Carried out", description: "Carried out", code: "carried-out" },
    prices: [{ currency_code: CURRENCY.toLowerCase(), amount: 0 }],
    rules: [],
  });
  return option.id;
}

interface Catalog {
  readonly salesChannel: string;
  readonly profile: string;
}

async function makeVariants(api: AdminApi, { salesChannel, profile }: Catalog, locations: readonly string[]): Promise<void> {
  const scarce: Variant = { sku: SCARCE.sku, title: "Last of its kind", cents: SCARCE.cents, stock: SCARCE.stock };
  for (const { sku, title, cents, stock } of [...ASSORTMENT.map(variantOf), scarce]) {
    await api.call("POST", "/admin/products", {
      title,
      status: "published",
      shipping_profile_id: profile,
      sales_channels: [{ id: salesChannel }],
      options: [{ title: "Variant", values: ["default"] }],
      variants: [
        {
          title: "default",
          sku,
          manage_inventory: stock !== undefined,
          options: { Variant: "default" },
          prices: [{ currency_code: CURRENCY.toLowerCase(), amount: cents / 100 }],
        },
      ],
    });
    if (stock === undefined) continue;
    const { inventory_items: items } = await api.call<{ inventory_items: { id: string }[] }>("GET", `/admin/inventory-items?sku=${sku}`);
    for (const location of locations)
      await api.call("POST", `/admin/inventory-items/${items[0]?.id}/location-levels`, { location_id: location, stocked_quantity: stock });
  }
}

async function makeAccount(api: AdminApi, points: number): Promise<string> {
  const { store_credit_account: account } = await api.call<{ store_credit_account: { id: string } }>(
    "POST",
    "/admin/store-credit-accounts",
    {
      currency_code: CURRENCY.toLowerCase(),
    },
  );
  if (points > 0) await api.call("POST", `/admin/store-credit-accounts/${account.id}/credit`, { amount: points, note: "opening" });
  return account.id;
}
