import { TillsyncError } from "@tillsync/sync-protocol";
import type { ZodType } from "zod";
import type {
  Adapter,
  AdapterContext,
  AdapterManifest,
  AdapterOutput,
  Checkpoint,
  DraftOutput,
  ParseSession,
  ProbeResult,
} from "./adapter.ts";
import { finishOutput } from "./finish-output.ts";

export interface AdapterDefinition<Config> {
  readonly manifest: AdapterManifest;
  readonly configSchema: ZodType<Config>;
  probe(sample: Uint8Array): ProbeResult;
  open(config: Config, context: AdapterContext, resume?: Checkpoint): ParseSession<DraftOutput>;
}

/**
 * Makes an adapter of its parts. Here, once for all of them, every output is cut to the model's text limits, freed of
 * card numbers and checked against `transactionSchema`; what fails is set aside with the path of the field.
 */
export function defineAdapter<Config>(definition: AdapterDefinition<Config>): Adapter<Config> {
  const { manifest, configSchema } = definition;
  return {
    manifest,
    configSchema,
    probe: (sample) => definition.probe(sample),
    open: (config, context, resume) => finishSession(definition.open(config, context, resume)),
  };
}

function finishSession(session: ParseSession<DraftOutput>): ParseSession {
  return {
    write: (chunk) => finishAll(session.write(chunk)),
    end: () => finishAll(session.end()),
    checkpoint: () => session.checkpoint(),
    isWhole: () => session.isWhole?.() === true,
  };
}

/** Eager, so that a caller who does not read an answer loses nothing but the answer. */
function finishAll(outputs: Iterable<DraftOutput>): AdapterOutput[] {
  const finished: AdapterOutput[] = [];
  for (const output of outputs) finished.push(finishOutput(output));
  return finished;
}

/** Reads a configuration for an adapter. Throws `adapter.config-invalid` naming the first field that is wrong. */
export function readAdapterConfig<Config>(adapter: Pick<Adapter<Config>, "configSchema" | "manifest">, config: unknown): Config {
  const parsed = adapter.configSchema.safeParse(config ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
  throw new TillsyncError("adapter.config-invalid", `${adapter.manifest.name}: ${where}${issue?.message ?? "invalid"}`);
}
