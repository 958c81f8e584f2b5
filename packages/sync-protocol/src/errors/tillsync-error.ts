import { ERROR_CODES, type ErrorCode, type ErrorEntry } from "./codes.ts";

/**
 * A failure with a code of the catalogue. `detail` says which field, file or number; it must hold no secret and no
 * personal data, since it reaches logs and screens. `cause` is for logs alone.
 */
export class TillsyncError extends Error {
  override readonly name = "TillsyncError";
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail === undefined ? ERROR_CODES[code].meaning : `${ERROR_CODES[code].meaning} (${detail})`, options);
    this.code = code;
    this.detail = detail;
  }

  get entry(): ErrorEntry {
    return ERROR_CODES[this.code];
  }

  /** What a client or a `--json` reader gets. */
  toJSON(): ErrorBody {
    const { meaning, nextStep, retry } = this.entry;
    return { error: { code: this.code, message: meaning, ...(this.detail === undefined ? {} : { detail: this.detail }), nextStep, retry } };
  }
}

export interface ErrorBody {
  error: { code: ErrorCode; message: string; detail?: string; nextStep: string; retry: ErrorEntry["retry"] };
}
