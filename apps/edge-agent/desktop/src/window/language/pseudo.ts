/** English with accents and a third longer: shows every text that is in no catalogue, and every layout that has no room. */
export const PSEUDO_LANGUAGE = "en-XA";

const PLAIN = "aceinouyACEINOUY";
const ACCENTED = "åçéîñøûýÅÇÉÎÑØÛÝ";
const accent = (letter: string): string => ACCENTED[PLAIN.indexOf(letter)] ?? letter;

/**
 * The pseudo text of an ICU message. Only what people read is changed: at even depths of braces; names of arguments,
 * kinds and cases stay.
 */
export function toPseudo(message: string): string {
  let depth = 0;
  let text = "";
  for (const letter of message) {
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    const read = depth % 2 === 0 && letter !== "}";
    text += read ? accent(letter) : letter;
  }
  return `[${text}${"·".repeat(Math.ceil(message.length / 3))}]`;
}
