/** The settings of a unit file by name, in order, each with the values that were given. Sections are not told apart. */
export function readUnit(text: string): ReadonlyMap<string, readonly string[]> {
  const settings = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    if (at < 1 || /^[#;[]/u.test(line)) continue;
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  return settings;
}

/** Takes a command line of a unit apart as systemd does: the inverse of `systemdWord`. */
export function readWords(line: string): string[] {
  const words: string[] = [];
  let [word, open, begun] = ["", "", false];
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? "";
    if (char === "\\" && at + 1 < line.length) [word, at, begun] = [word + (line[at + 1] ?? ""), at + 1, true];
    else if (char === open) open = "";
    else if (open === "" && (char === '"' || char === "'")) [open, begun] = [char, true];
    else if (open === "" && /\s/u.test(char)) {
      if (begun) words.push(word);
      [word, begun] = ["", false];
    } else [word, begun] = [word + char, true];
  }
  if (begun) words.push(word);
  return words.map((text) => text.replaceAll("%%", "%").replaceAll("$$", "$"));
}
