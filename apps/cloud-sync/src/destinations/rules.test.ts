import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SendResult } from "../connectors/connector.ts";
import { deliveryIdentity } from "./delivery-identity.ts";
import { checkDestination, readDestinationFile, retrySchema } from "./destination-file.ts";
import { gateAfter, gateAllows, gateSends, openGate, type Gate } from "./gate.ts";
import { nextStep, noFailures, type FailedResult, type Source } from "./retry-rule.ts";
import { createSeal, loadSeal } from "./seal.ts";
import { SECRET } from "./testing/run-dispatcher.ts";

const rule = retrySchema.parse({});
const theirs: FailedResult = { kind: "theirs", detail: "status 503" };
const step = (result: FailedResult, attempts: number, over: object = {}) =>
  nextStep(
    result,
    { ...noFailures(0), attempts },
    {
      rule,
      causes: { waitMs: 10_000, overdue: "park" },
      repeatability: { by: "native-key" },
      canLookUp: true,
      source: "send",
      probe: false,
      nowMs: 1_000,
      random: 0.999_999,
      ...over,
    },
  );

test("the wait doubles up to its cap, with full jitter", () => {
  expect([0, 1, 2, 20].map((attempts) => Math.round(((step(theirs, attempts).nextAtMs ?? 0) - 1_000) / 1_000))).toEqual([1, 2, 4, 600]);
  expect(step(theirs, 3, { random: 0 }).nextAtMs).toBe(1_000);
});

test("Retry-After is the floor, and a day the most that is believed", () => {
  expect(step({ ...theirs, retryAfterMs: 90_000 }, 0).nextAtMs).toBe(91_000);
  expect(step({ ...theirs, retryAfterMs: 10 ** 12 }, 0).nextAtMs).toBe(86_401_000);
});

test("parked by attempts, by age with enough of them, and at once when it is refused for good", () => {
  expect(step(theirs, rule.maxAttempts - 2)).toMatchObject({ state: "retrying", code: "delivery.theirs" });
  expect(step(theirs, rule.maxAttempts - 1)).toMatchObject({ state: "parked", code: "delivery.exhausted", nextAtMs: undefined });
  expect(step(theirs, 3, { nowMs: rule.maxAgeMs }).state).toBe("retrying");
  expect(step(theirs, 4, { nowMs: rule.maxAgeMs }).state).toBe("parked");
  expect(step({ kind: "rejected", detail: "status 422" }, 0)).toMatchObject({ state: "parked", code: "delivery.rejected", attempts: 1 });
});

test("a probe of a shut gate does not count against its item: an outage of a week parks nothing", () => {
  expect(step(theirs, 1, { probe: true, nowMs: rule.maxAgeMs * 3 })).toMatchObject({ state: "retrying", attempts: 1 });
});

test("an uncertain item is repeated where that is safe, and waits for a look-up where it is not", () => {
  const uncertain: FailedResult = { kind: "uncertain", detail: "cut" };
  expect(step(uncertain, 0)).toMatchObject({ state: "uncertain", code: "delivery.uncertain", nextAtMs: 1_999 });
  expect(step(uncertain, 0, { repeatability: { by: "lookup-first" }, canLookUp: false })).toMatchObject({
    state: "uncertain",
    nextAtMs: undefined,
  });
});

const after = (gate: Gate, result: SendResult, orderingKey = "k", nowMs = 0, source: Source = "send") =>
  gateAfter(gate, { result, source }, { orderingKey, rule, nowMs, random: 0.5 });

test("the breaker opens for many keys in a row, never for one, and one probe closes it", () => {
  let gate = openGate;
  for (let i = 0; i < 100; i++) gate = after(gate, theirs, "poison");
  expect(gate.mode).toBe("open");
  for (let i = 0; i < rule.breakerFailures - 1; i++) gate = after(gate, theirs, `k${i}`);
  expect(gate.mode).toBe("breaker");
  expect(gateAllows(gate, gate.untilMs - 1, 16)).toBe(0);
  expect(gateAllows(gate, gate.untilMs, 16)).toBe(1);
  const probing = gateSends(gate);
  expect(gateAllows(probing, gate.untilMs, 16)).toBe(0);
  const longer = after(probing, theirs, "k", 10_000);
  expect(longer).toMatchObject({ mode: "breaker", pauses: 2 });
  expect(longer.untilMs - 10_000).toBeGreaterThan(gate.untilMs);
  expect(after(gateSends(longer), { kind: "delivered" })).toEqual(openGate);
});

test("a success forgets failures; a slow-down pauses all for a while at most", () => {
  let gate = after(openGate, theirs, "a");
  gate = after(gate, { kind: "delivered" });
  expect(gate.failedKeys).toEqual([]);
  expect(after(openGate, { kind: "theirs", detail: "", retryAfterMs: 3_000, slowDown: true }).untilMs).toBe(3_000);
  expect(after(openGate, { kind: "theirs", detail: "", retryAfterMs: 10 ** 9, slowDown: true }).untilMs).toBe(60_000);
  expect(gateAllows({ ...openGate, untilMs: 10 }, 9, 16)).toBe(0);
});

test("set-up shuts the gate until its probe; a probe that fails otherwise leaves it shut", () => {
  const shut = after(openGate, { kind: "set-up", detail: "status 401" });
  expect(shut).toMatchObject({ mode: "set-up", untilMs: rule.probeMs });
  expect(after(gateSends(shut), theirs, "k", 5)).toMatchObject({ mode: "set-up", probing: false, untilMs: 5 + rule.probeMs });
  expect(after(gateSends(shut), { kind: "rejected", detail: "status 422" })).toEqual(openGate);
});

test("an identity is of receipt and revision alone, and never changes", () => {
  expect(deliveryIdentity("9/31/2026-11-20/1", 1)).toBe("tx_L53OwCrKO_GVvrsyWA0etZerBUFuPh31");
  expect(deliveryIdentity("9/31/2026-11-20/1", 2)).not.toBe(deliveryIdentity("9/31/2026-11-20/1", 1));
});

const folder = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), "tillsync-seal-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
};

test("what is sealed opens with its key and context alone", () => {
  const seal = createSeal(Buffer.alloc(32, 1));
  const sealed = seal.seal(SECRET, "erp");
  expect(Buffer.from(sealed).includes(SECRET)).toBe(false);
  expect(seal.open(sealed, "erp")).toBe(SECRET);
  const broken = Uint8Array.from(sealed, (byte, i) => (i === 20 ? byte ^ 1 : byte));
  for (const open of [
    () => seal.open(sealed, "oms"),
    () => createSeal(Buffer.alloc(32, 2)).open(sealed, "erp"),
    () => seal.open(broken, "erp"),
    () => seal.open(new Uint8Array(3), "erp"),
  ])
    expect(open).toThrow(expect.objectContaining({ code: "destination.sealed" }));
});

test("the seal key is made once, for its owner alone; a key that is none is refused", async () => {
  const dir = await folder();
  const [one, two] = await Promise.all([loadSeal(dir, undefined), loadSeal(dir, undefined)]);
  expect(two.open(one.seal("x", "c"), "c")).toBe("x");
  const path = join(dir, "keys", "cloud-seal.key");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const fromEnvironment = await loadSeal("/nowhere", (await readFile(path, "utf8")).trim());
  expect(fromEnvironment.open(one.seal("y", "c"), "c")).toBe("y");
  await expect(loadSeal(dir, "short")).rejects.toMatchObject({ code: "destination.sealed" });
});

const minimal = { name: "erp", kind: "webhook", url: "https://erp.example/hook", secret: SECRET };

test.each([
  [{ kind: "fax" }, "kind: one of"],
  [{ name: "a/b" }, "name"],
  [{ include: [] }, "include"],
  [{ include: ["sales", "sales"] }, "include"],
  [{ concurrency: 0 }, "concurrency"],
  [{ concurrency: 2_001 }, "concurrency"],
  [{ rate: { perSecond: 0 } }, "rate.perSecond"],
  [{ retry: { baseMs: 1 } }, "retry.baseMs"],
  [{ unknown: 1 }, "unknown: "],
  [{ secret: undefined }, "secret"],
])("a destination with %o is refused, naming the field", (extra, about) => {
  expect(() => checkDestination({ ...minimal, ...extra })).toThrow(
    expect.objectContaining({ code: "destination.config-invalid", detail: expect.stringContaining(about) }),
  );
});

test("reads a file with its secret beside it; what cannot be read says why without quoting it", async () => {
  const dir = await folder();
  const path = join(dir, "erp.json");
  const { secret, ...rest } = minimal;
  await writeFile(join(dir, "erp.secret"), `${secret}\n`);
  await writeFile(path, JSON.stringify({ ...rest, secretFile: "erp.secret" }));
  expect(await readDestinationFile(path)).toMatchObject({ common: { name: "erp", include: ["sales"], concurrency: 16 }, own: { secret } });
  await writeFile(path, JSON.stringify({ ...minimal, secretFile: "erp.secret" }));
  await expect(readDestinationFile(path)).rejects.toMatchObject({ code: "destination.config-invalid" });
  await writeFile(path, `{"secret":"${secret}"`);
  await expect(readDestinationFile(path)).rejects.toMatchObject({
    code: "config.unreadable",
    detail: expect.not.stringContaining("whsec"),
  });
  await writeFile(path, "[]");
  await expect(readDestinationFile(path)).rejects.toMatchObject({ code: "destination.config-invalid" });
  await writeFile(path, " ".repeat(64 * 1024 + 1));
  await expect(readDestinationFile(path)).rejects.toMatchObject({ code: "config.unreadable" });
  await expect(readDestinationFile(join(dir, "none.json"))).rejects.toMatchObject({ code: "config.unreadable" });
});
