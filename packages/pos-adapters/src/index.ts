export * from "./kit/adapter.ts";
export * from "./kit/limits.ts";
export * from "./kit/define-adapter.ts";
export * from "./kit/control-totals.ts";
export { maskCardNumbers, type MaskedText } from "./kit/cards/mask-card-numbers.ts";
export { maskCardNumbersInBytes, type MaskedBytes } from "./kit/cards/mask-bytes.ts";
export { ADAPTERS, findAdapter } from "./adapters/index.ts";
export { poslog, type PoslogConfig } from "./adapters/poslog/index.ts";
