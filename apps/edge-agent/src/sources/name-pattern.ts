/** `*` stands for any characters, `?` for one; case counts. Hidden files are never taken: editors and shares leave them. */
export function namePattern(pattern: string): (name: string) => boolean {
  const body = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${body}$`, "su");
  return (name) => !name.startsWith(".") && expression.test(name);
}
