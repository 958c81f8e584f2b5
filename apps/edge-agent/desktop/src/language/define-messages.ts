import type { Language } from "./languages.ts";

/** Texts by id, each in every language; ICU message syntax. A language that is missing is a type error. */
export type Messages<Id extends string> = Readonly<Record<Id, Readonly<Record<Language, string>>>>;

/** Names the texts of one part of tray or window. Ids begin with the part's name, so that no two parts share one. */
export const defineMessages = <const Id extends string>(messages: Messages<Id>): Messages<Id> => messages;
