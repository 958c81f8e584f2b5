import { z } from "zod";

/** Minor-unit exponents that are not 2 (ISO 4217, list one, as published 2024). */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

/** Circulating currencies whose exponent is 2. Fund codes, metals, `XXX` and `XTS` are not money at a till. */
const TWO =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK " +
  "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK " +
  "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON " +
  "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST " +
  "XCD XCG YER ZAR ZMW ZWG";

const exponentByCurrency: ReadonlyMap<string, number> = new Map([
  ...TWO.split(" ").map((code) => [code, 2] as const),
  ...Object.entries(EXPONENTS),
]);

/** Minor-unit exponent of an ISO 4217 currency, or `undefined` for a code that no till can take. */
export const currencyExponent = (code: string): number | undefined => exponentByCurrency.get(code);

export const currencySchema = z
  .string()
  .refine((code) => exponentByCurrency.has(code), "unknown ISO 4217 currency")
  .brand<"Currency">();
export type Currency = z.infer<typeof currencySchema>;
