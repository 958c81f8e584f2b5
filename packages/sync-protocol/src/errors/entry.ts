/** What the catalogue says of an error; `codes.ts` tells what the fields mean. */
export interface ErrorEntry {
  readonly retry: "automatic" | "after-fix" | "never";
  readonly meaning: string;
  readonly nextStep: string;
  readonly http?: number;
}

export function entry(retry: ErrorEntry["retry"], meaning: string, nextStep: string, http?: number): ErrorEntry {
  return http === undefined ? { retry, meaning, nextStep } : { retry, meaning, nextStep, http };
}
