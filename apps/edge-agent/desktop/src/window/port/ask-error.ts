/** Why the agent did not do or tell what was asked: a code of the catalogue (or of a newer agent), and which field, file or number. */
export class AskError extends Error {
  override readonly name = "AskError";
  readonly code: string;
  readonly detail: string | undefined;

  constructor(code: string, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

/** What was thrown, as one that screens can show; anything that is no `AskError` is a bug of the window's own. */
export const asAskError = (error: unknown): AskError =>
  error instanceof AskError ? error : new AskError("internal.unexpected", error instanceof Error ? error.message : undefined);
