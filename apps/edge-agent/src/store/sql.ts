/** Marks SQL text for editors and readers. No values go in: they are bound as parameters. */
export const sql = (text: TemplateStringsArray): string => text.join("");
