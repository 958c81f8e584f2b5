import { z } from "zod";
import { ADMIN_PASSWORD } from "../../../test-servers/src/tryton/company.ts";
import { postText } from "./post-text.ts";

const COMPANY = 1;

/** What a retailer's office does in Tryton itself, with a client and rights of its own. */
export interface TrytonOffice {
  /** Net list price, `1.5000`. */
  setPrice(code: string, net: string): Promise<void>;
  /** Takes an article's code away. Gives what `giveCode` wants. */
  takeCode(code: string): Promise<number>;
  giveCode(product: number, code: string): Promise<void>;
  deactivate(code: string): Promise<void>;
  remove(code: string): Promise<void>;
  /** A new article with a bar code. */
  add(article: { code: string; name: string; net: string; barCode: string }): Promise<void>;
  /** Percent of a tax, as a fraction: `0.2`. */
  setTax(name: string, rate: string): Promise<void>;
  /** What was found on the shelf of a warehouse. */
  count(warehouse: string, code: string, quantity: number): Promise<void>;
}

const decimal = (text: string): object => ({ __class__: "Decimal", decimal: text });

export async function openTrytonOffice(facts: Readonly<Record<string, unknown>>): Promise<TrytonOffice> {
  const { url, database } = z.object({ url: z.string(), database: z.string() }).parse(facts);
  const call = async (method: string, params: readonly unknown[], authorization?: string): Promise<unknown> => {
    const headers = { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) };
    const answer = await postText(`${url}/${database}/`, headers, JSON.stringify({ id: 1, method, params }));
    const body = JSON.parse(answer.body) as { result?: unknown; error?: unknown };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error).slice(0, 300)}`);
    return body.result;
  };
  const [user, key] = z
    .tuple([z.number(), z.string()])
    .rest(z.unknown())
    .parse(await call("common.db.login", ["admin", { password: ADMIN_PASSWORD }, "en"]));
  const authorization = `Session ${Buffer.from(`admin:${user}:${key}`).toString("base64")}`;
  const context = { ...((await call("model.res.user.get_preferences", [true, {}], authorization)) as object), company: COMPANY };
  const model = (name: string, method: string, ...args: readonly unknown[]): Promise<unknown> =>
    call(`model.${name}.${method}`, [...args, context], authorization);
  const find = async (name: string, by: string, value: string, fields: readonly string[]): Promise<Record<string, number>> => {
    const rows = (await model(name, "search_read", [[by, "=", value]], 0, 1, null, ["id", ...fields])) as Record<string, number>[];
    const [row] = rows;
    if (row === undefined) throw new Error(`no ${name} ${value}`);
    return row;
  };
  const product = (code: string): Promise<Record<string, number>> =>
    find("product.product", "code", code, ["template", "default_uom", "account_category"]);
  return {
    setPrice: async (code, net) => {
      await model("product.template", "write", [(await product(code))["template"]], { list_price: decimal(net) });
    },
    takeCode: async (code) => {
      const { id = 0 } = await product(code);
      await model("product.product", "write", [id], { suffix_code: null });
      return id;
    },
    giveCode: async (id, code) => {
      await model("product.product", "write", [id], { suffix_code: code });
    },
    deactivate: async (code) => {
      await model("product.product", "write", [(await product(code))["id"]], { active: false });
    },
    remove: async (code) => {
      await model("product.product", "delete", [(await product(code))["id"]]);
    },
    add: async ({ code, name, net, barCode }) => {
      const { default_uom: uom, account_category: category } = await product("30109");
      const identifiers = [["create", [{ type: "ean", code: barCode }]]];
      const values = {
        name,
        type: "goods",
        default_uom: uom,
        sale_uom: uom,
        salable: true,
        list_price: decimal(net),
        account_category: category,
        products: [["create", [{ suffix_code: code, identifiers }]]],
      };
      await model("product.template", "create", [values]);
    },
    setTax: async (name, rate) => {
      await model("account.tax", "write", [(await find("account.tax", "name", name, []))["id"]], { rate: decimal(rate) });
    },
    count: async (warehouse, code, quantity) => {
      const { storage_location: location } = await find("stock.location", "code", warehouse, ["storage_location"]);
      const today = new Date();
      const date = { __class__: "date", year: today.getUTCFullYear(), month: today.getUTCMonth() + 1, day: today.getUTCDate() };
      const lines = [["create", [{ product: (await product(code))["id"], quantity }]]];
      const ids = await model("stock.inventory", "create", [{ location, date, company: COMPANY, lines }]);
      await model("stock.inventory", "confirm", ids);
    },
  };
}
