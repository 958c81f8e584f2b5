import { createHash, type Hash } from "node:crypto";

/** What happened, line by line, as one digest: two runs of a seed must agree to the byte. */
export class Trace {
  readonly counts = new Map<string, number>();
  lines = 0;
  private readonly hash: Hash = createHash("sha256");
  private readonly echo: ((line: string) => void) | undefined;

  constructor(echo?: (line: string) => void) {
    this.echo = echo;
  }

  note(atMs: number, who: string, what: string): void {
    const line = `${atMs} ${who} ${what}\n`;
    this.hash.update(line);
    this.lines += 1;
    this.echo?.(line);
  }

  /** A fault that really struck. */
  fault(atMs: number, who: string, name: string, detail = ""): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.note(atMs, who, `FAULT ${name} ${detail}`);
  }

  digest(): string {
    return this.hash.copy().digest("hex");
  }
}
