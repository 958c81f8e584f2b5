export * from "./assortment.ts";
export { dayKinds, type DayEntry, type DayKind, type MemberState, type OrderState, type TradingDayOptions } from "./day-state.ts";
export { openingPoints, type CountAndGrand, type ExpectedDay, type StandingReceipt } from "./ledger.ts";
export { ORDER_SYSTEM } from "./orders.ts";
export { writeCanonicalDay } from "./write-canonical.ts";
export { tradingDay, type TradingDay } from "./trading-day.ts";
