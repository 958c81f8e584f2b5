import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ALL, storeId, type Collection } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Enrolment } from "../enrol/enrolment.ts";
import { dropDocument, loadReference, putDocument, STORE, TERMINAL } from "../intake/testing/fill-reference.ts";
import { pseudonymise, retailerPseudonymKey } from "../keys/pseudonym.ts";
import { openReferenceStore } from "../reference/store/open-reference-store.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { LOOK_UP_ROWS_MAX, membersAnswerSchema, productsAnswerSchema } from "../window-api/look-up.ts";
import { findMembers } from "./find-members.ts";
import { findProducts, type LookUpDeps } from "./find-products.ts";
import { foldText } from "./fold-text.ts";
import { matchWords } from "./match-words.ts";

const KEY = "a".repeat(43);
let folder: TestFolder;
let reference: ReferenceStore;
let deps: LookUpDeps;
beforeEach(() => {
  folder = openTestFolder();
  reference = openReferenceStore(folder.dir, { now: () => folder.wallMs });
  const enrolment = { terminal: TERMINAL, store: STORE, pseudonymKey: KEY } as Enrolment;
  deps = { reference, enrolment: () => enrolment, wallMs: () => folder.wallMs };
});
afterEach(() => {
  reference.close();
  folder.remove();
});

const put = (collection: Collection, id: string, fields: Record<string, unknown>): void => putDocument(reference, collection, id, fields);
const product = (id: string, description: string, change: Record<string, unknown> = {}): void =>
  put("products", id, { gtins: [], description, uom: "EA", status: "active", ...change });
const price = (id: string, itemId: string, amount: string, change: Record<string, unknown> = {}): void =>
  put("prices", id, { itemId, currency: "EUR", exponent: 2, amount, uom: "EA", kind: "regular", ...change });
const find = async (text: string, limit = LOOK_UP_ROWS_MAX) => productsAnswerSchema.parse(await findProducts(deps, text, limit));
const ids = async (text: string): Promise<string[]> => (await find(text)).rows.map(({ itemId }) => itemId);

/** What else the process has to do, as long as a search goes on. */
async function countTurns(until: AbortSignal, count: () => void): Promise<void> {
  for (; !until.aborted; await new Promise(setImmediate)) count();
}

describe("articles", () => {
  it("are found by number first, then by any of their codes, then by words", async () => {
    product("4006", "Apfel rot");
    product("77", "Birne 4006", { gtins: ["00000000004006"] });
    product("78", "Kiste", { gtins: ["04012345678901", "14012345678908"] });
    expect(await ids("4006")).toEqual(["4006", "77"]);
    expect(await ids("4012345678901")).toEqual(["78"]);
    expect(await ids("14012345678908")).toEqual(["78"]);
    expect(await ids("00004006")).toEqual(["77"]);
    expect(await ids("nothing")).toEqual([]);
  });

  it("are found whatever their case, accents and ligatures, by all of the words, the best first", async () => {
    product("1", "Crème brûlée 2 × 100 g");
    product("2", "Größe 38, STRASSE");
    product("3", "Bœuf haché");
    product("4", "Pudding crème");
    product("5", "Eiscreme");
    expect(await ids("creme")).toEqual(["1", "4", "5"]);
    expect(await ids("CRÈME brulee")).toEqual(["1"]);
    expect(await ids("grosse straße")).toEqual(["2"]);
    expect(await ids("boeuf")).toEqual(["3"]);
    expect(await ids("creme hache")).toEqual([]);
    expect(await ids("%' OR 1=1 --")).toEqual([]);
  });

  it("come with what they cost by the store's clock, and what is on the shelf", async () => {
    put("stores", STORE, { name: "Shop", timeZone: "Europe/Berlin", currency: "EUR", pricesIncludeTax: true });
    product("1", "Milk", { department: "d1", ageRestriction: 16, status: "blocked" });
    price("p", "1", "199");
    // The folder's clock: 2026-02-25T06:13:20Z, an hour later in Berlin.
    price("q", "1", "149", { kind: "promotion", promotionId: "w9", validFrom: "2026-02-25T07:00", validUntil: "2026-02-25T08:00" });
    put("stock", `${STORE}:1`, { storeId: storeId("S1"), itemId: "1", uom: "EA", onHand: "12", included: {} });
    product("2", "Milk without a price");
    loadReference(reference, 1_000);
    expect(await find("milk")).toEqual({
      rows: [
        {
          itemId: "1",
          description: "Milk",
          gtins: [],
          status: "blocked",
          uom: "EA",
          department: "d1",
          ageRestriction: 16,
          price: { amount: "149", currency: "EUR", exponent: 2, kind: "promotion", regular: "199", validUntil: "2026-02-25T08:00" },
          stock: "12",
        },
        expect.objectContaining({ itemId: "2", price: null, stock: null }),
      ],
      more: false,
      asOfMs: 1_000,
    });
    folder.wallMs += 3_600_000;
    expect((await find("1")).rows[0]?.price).toMatchObject({ amount: "199", kind: "regular", regular: "199" });
  });

  it("are at most as many as were asked for, and it says when there are more", async () => {
    for (let i = 0; i < 4; i += 1) product(String(i), "Milk");
    expect([(await find("milk", 3)).rows.length, (await find("milk", 3)).more, (await find("milk", 4)).more]).toEqual([3, true, false]);
    expect((await find("milk")).asOfMs).toBeNull();
  });

  it("leave out what is gone and what this version cannot read, and show the rest", async () => {
    product("1", "Milk");
    product("2", "Milk too");
    put("products", "3", { description: "Milk of tomorrow", status: "dreamt" });
    dropDocument(reference, "products", "2");
    expect(await ids("milk")).toEqual(["1"]);
  });

  it("hold nobody up: all of them are looked through in slices, and not at all when nobody waits any more", async () => {
    const insert = reference.file.db.prepare(
      "INSERT INTO ref_products (n, id, version, scope, deleted, body, gtin) VALUES (?, ?, 1, ?, 0, ?, NULL)",
    );
    const base = reference.file.lastChange + 1;
    reference.file.db.transaction(() => {
      for (let i = 0; i < 20_000; i += 1)
        insert.run(
          base + i,
          `i${i}`,
          ALL,
          JSON.stringify({
            id: `i${i}`,
            gtins: [],
            description: `Article ${i} größer`,
            uom: "EA",
            status: "active",
            schemaVersion: 1,
            version: 1,
            _deleted: false,
          }),
        );
    })();
    let turns = 0;
    const searching = new AbortController();
    const others = countTurns(searching.signal, () => (turns += 1));
    expect(await ids("grosser 19999")).toEqual(["i19999"]);
    searching.abort();
    await others;
    expect(turns).toBeGreaterThanOrEqual(20_000 / 250);
    expect(await findProducts(deps, "grosser 19999", 10, AbortSignal.abort())).toMatchObject({ rows: [] });
  });
});

describe("members", () => {
  const pseudonym = pseudonymise(retailerPseudonymKey(KEY), "member", "2900 1234 5678");
  beforeEach(() => put("members", pseudonym, { programme: "club", tier: "gold", customerGroup: "g1", points: 120, state: "active" }));

  it("are found by their number as it is written or scanned, and by their pseudonym", () => {
    const row = { id: pseudonym, programme: "club", tier: "gold", customerGroup: "g1", points: 120, state: "active" };
    for (const text of ["290012345678", "2900 1234 5678", pseudonym])
      expect(membersAnswerSchema.parse(findMembers(deps, text))).toEqual({ rows: [row], asOfMs: null });
    expect(findMembers(deps, "290012345679").rows).toEqual([]);
  });

  it("are not looked up before enrolment: the number would name nobody", () => {
    expect(() => findMembers({ ...deps, enrolment: () => undefined }, "2900")).toThrow(expect.objectContaining({ code: "enrol.required" }));
  });

  it("leave no trace of what was typed in any file of the folder", () => {
    findMembers(deps, "290012345678");
    for (const name of readdirSync(folder.dir)) {
      const path = join(folder.dir, name);
      if (statSync(path).isFile()) expect(readFileSync(path, "latin1")).not.toContain("290012345678");
    }
  });
});

describe("folding and matching", () => {
  it("folds to what people type", () => {
    expect(["Éclair", "ŁÓDŹ", "Smørrebrød", "İstanbul", "ﬁlet", "plain"].map(foldText)).toEqual([
      "eclair",
      "lodz",
      "smorrebrod",
      "istanbul",
      "filet",
      "plain",
    ]);
  });

  it("knows the beginning of the text, of a word, and the middle of one", () => {
    expect(matchWords(["milk"], "milk fresh", "1")).toBe(0);
    expect(matchWords(["milk"], "fresh milk", "1")).toBe(1);
    expect(matchWords(["milk"], "buttermilk", "1")).toBe(2);
    expect(matchWords(["milk"], "buttermilk milk", "1")).toBe(1);
    expect(matchWords(["milk", "12"], "fresh milk", "1204")).toBe(1);
    expect(matchWords(["milk", "04"], "fresh milk", "1204")).toBeUndefined();
  });
});
