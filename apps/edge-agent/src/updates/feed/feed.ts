/**
 * Where updates are: a static place on the web, or a folder on a stick or share. Nothing that comes from it is trusted,
 * neither its bytes nor that it ever ends.
 */
export interface Feed {
  /** A whole small file; undefined where there is none. Throws `update.unreachable`, also for more than `bytesMax`. */
  readonly readSmall: (name: string, bytesMax: number, signal: AbortSignal) => Promise<Uint8Array | undefined>;
  /** A file from a byte on, or from its beginning where the place cannot do that. Throws `update.unreachable`. */
  readonly open: (name: string, fromByte: number, signal: AbortSignal) => Promise<OpenedFile>;
  readonly close: () => Promise<void>;
}

export interface OpenedFile {
  readonly fromByte: number;
  /** Throws when the line breaks. May bring more than was promised. */
  readonly chunks: AsyncIterable<Uint8Array>;
}
