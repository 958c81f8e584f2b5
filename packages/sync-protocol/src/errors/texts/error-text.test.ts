import { describe, expect, it } from "vitest";
import { ERROR_CODES, type ErrorCode } from "../codes.ts";
import { de } from "./de.ts";
import { errorText, languages, type ErrorTexts } from "./error-text.ts";
import { fr } from "./fr.ts";

/** What only those meet who run the cloud or install the service: their commands and pages are in English. */
const CLOUD_AREAS = /^(account|client|db|delivery|destination|feed|log|mapping|serve|service)\.|^support\.number-/;
const FEED_AND_SERVICE =
  /^(reference\.(unknown|own-collection|row-.+|personal-data|elsewhere|contradiction|currency-wrong|cycle|too-.+|feed-.+|encoding-wrong)|auth\.(service-token|not-allowed))$/;

const atTheShop = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => !CLOUD_AREAS.test(code) && !FEED_AND_SERVICE.test(code));

describe.each([
  ["de", de],
  ["fr", fr],
] as [string, ErrorTexts][])("the catalogue in %s", (_, texts) => {
  it("has words for every code that a shop can meet", () => {
    expect(atTheShop.filter((code) => texts[code] === undefined)).toEqual([]);
    expect(Object.keys(texts).filter((code) => !atTheShop.includes(code as ErrorCode))).toEqual([]);
  });

  it("says it in whole sentences of its own language", () => {
    for (const code of atTheShop)
      for (const sentence of texts[code] ?? []) {
        expect(sentence, code).toMatch(/^\p{Lu}.{8,}\.$/su);
        expect(sentence, code).not.toMatch(/\s{2}|\.\.|\s\./);
        expect([ERROR_CODES[code].meaning, ERROR_CODES[code].nextStep], code).not.toContain(sentence);
      }
  });
});

it("falls back to English where a language has no words, and says so", () => {
  expect(errorText("wire.unreachable", "de")).toMatchObject({ meaning: "Die Zentrale ist nicht zu erreichen.", language: "de" });
  expect(errorText("delivery.theirs", "fr")).toMatchObject({ meaning: ERROR_CODES["delivery.theirs"].meaning, language: "en" });
  expect(errorText("of.a-later-version", "de")).toMatchObject({ meaning: de["internal.unexpected"]?.[0], language: "de" });
  for (const language of languages) expect(errorText("constructor", language).meaning.length).toBeGreaterThan(10);
});
