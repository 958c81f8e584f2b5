import { z } from "zod";

/** Body of every answer that is no success. `serverTimeMs` lets a terminal with a wrong clock sign again. */
export const errorAnswerSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    detail: z.string().optional(),
    nextStep: z.string().optional(),
    retry: z.string().optional(),
  }),
  serverTimeMs: z.number().int().optional(),
});
export type ErrorAnswer = z.infer<typeof errorAnswerSchema>;
