export * from "./assortment.ts";
export { dayKinds, type DayEntry, type DayKind, type TradingDayOptions } from "./day-state.ts";
export type { CountAndGrand, ExpectedDay, StandingReceipt } from "./ledger.ts";
export { tradingDay, type TradingDay } from "./trading-day.ts";
