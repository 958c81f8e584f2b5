/** Marks SQL text for editors and readers. No values go in: they are bound as parameters. The text is the same string each time. */
export const sql = (text: TemplateStringsArray): string => text[0] ?? "";
