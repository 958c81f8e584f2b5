/**
 * The few platform globals that pure code may use. They exist in Node, Electron and browsers alike; the package has no
 * other view of its host, so that a file, a socket or a clock cannot slip in.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
