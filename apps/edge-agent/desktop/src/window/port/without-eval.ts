import { config } from "zod";

/** The page's policy forbids code from text; zod would try it once, and the try alone is reported as an attack. */
config({ jitless: true });
