import { createIntl } from "react-intl";
import { expect, test } from "vitest";
import { LANGUAGES } from "../../language/languages.ts";
import { textsOf } from "./catalogue.ts";
import { PSEUDO_LANGUAGE, toPseudo } from "./pseudo.ts";

/** Names of the arguments of an ICU message, at odd depths of braces. */
function argumentsOf(message: string): string[] {
  const names = new Set<string>();
  let depth = 0;
  for (const part of message.split(/(?=[{}])|(?<=[{}])/)) {
    if (part === "{") depth += 1;
    else if (part === "}") depth -= 1;
    else if (depth % 2 === 1) names.add(/^\s*(\w+)/.exec(part)?.[1] ?? "");
  }
  return [...names].filter((name) => name !== "" && name !== "other" && name !== "one").toSorted();
}

const shown = [...LANGUAGES, PSEUDO_LANGUAGE] as const;

test.each(shown)("every text in %s can be read by the formatter, and takes what the English one takes", (language) => {
  const faults: unknown[] = [];
  const intl = createIntl({ locale: language, messages: textsOf(language), onError: (error) => faults.push(error) });
  for (const [id, english] of Object.entries(textsOf("en"))) {
    const wanted = argumentsOf(english);
    expect(argumentsOf(intl.messages[id] as string), id).toEqual(wanted);
    const values = Object.fromEntries(wanted.map((name) => [name, 2]));
    expect(intl.formatMessage({ id }, values), id).not.toMatch(/[{}]/);
  }
  expect(faults).toEqual([]);
});

test("a text that names another argument would be found", () => {
  expect(argumentsOf("{n, plural, one {# of {total}} other {# of {all}}}")).toEqual(["all", "n", "total"]);
});

test("the pseudo-language changes what people read and nothing that the formatter reads", () => {
  expect(toPseudo("{n, plural, one {# receipt} other {# receipts}} at {time}")).toMatch(
    /^\[\{n, plural, one \{# réçéîpt\} other \{# réçéîpts\}\} åt \{time\}·+\]$/,
  );
});
