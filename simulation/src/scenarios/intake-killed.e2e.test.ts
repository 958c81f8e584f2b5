import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runJson, type Running } from "../world/programs.ts";
import { seededRandom } from "../world/random.ts";
import { makeIntakeTerminal, postedSale, type IntakeTerminal } from "./intake-agent.ts";

/** Overridable for long runs. */
const KILLS = Number(process.env["TILLSYNC_INTAKE_KILLS"] ?? 5);
const SEED = Number(process.env["TILLSYNC_SEED"] ?? 20_261_122);
const CLIENTS = 4;

let terminal: IntakeTerminal;
let agent: Running | undefined;
beforeEach(async () => {
  terminal = await makeIntakeTerminal();
});
afterEach(async () => {
  agent?.kill("SIGKILL");
  await agent?.exited;
  terminal.remove();
});

interface Result {
  readonly result: string;
  readonly identity: string;
  readonly seq: number;
}

/** The results of a request that was answered with 200; undefined: it was not answered. */
async function post(rows: readonly string[]): Promise<readonly Result[] | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${terminal.port}/v1/transactions`, {
      method: "POST",
      headers: { authorization: `Bearer ${terminal.token}`, "content-type": "application/x-ndjson" },
      body: rows.join("\n"),
    });
    const body = (await answer.json()) as { results: Result[] };
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
    return body.results;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A till that posts until the agent dies; what was not answered it posts again later, or has forgotten. */
class Client {
  readonly #workstation: number;
  readonly #random: () => number;
  #sequence = 0;
  #unanswered: string[] = [];
  readonly answered = new Map<string, number>();
  readonly sent = new Set<string>();

  constructor(workstation: number, random: () => number) {
    this.#workstation = workstation;
    this.#random = random;
  }

  async sell(): Promise<void> {
    for (;;) {
      const rows = this.#unanswered.length > 0 ? this.#unanswered : this.#next();
      this.#unanswered = rows;
      const results = await post(rows);
      if (results === undefined) break;
      expect(results.map(({ result }) => result).every((result) => result === "captured" || result === "repeated")).toBe(true);
      for (const { identity, seq } of results) this.answered.set(identity, seq);
      this.#unanswered = [];
    }
    if (this.#random() < 0.3) this.#unanswered = [];
  }

  #next(): string[] {
    const count = this.#random() < 0.6 ? 1 : 1 + Math.floor(this.#random() * 40);
    return Array.from({ length: count }, () => {
      this.#sequence += 1;
      this.sent.add(`17/${this.#workstation}/2026-03-02/${this.#sequence}`);
      return JSON.stringify(postedSale(this.#workstation, this.#sequence));
    });
  }
}

function journalKeys(): { key: string; seq: number; revision: number }[] {
  const db = new Database(join(terminal.data, "agent.sqlite"), { readonly: true });
  const lines = db.prepare<[], { line: Buffer }>("SELECT line FROM entry ORDER BY key").all();
  db.close();
  return lines.map(({ line }) => {
    const { seq, body } = JSON.parse(String(line)) as {
      seq: number;
      body: { revision: number; transaction: { identity: Record<string, string> } };
    };
    return { key: Object.values(body.transaction.identity).join("/"), seq, revision: body.revision };
  });
}

it(`an agent killed ${KILLS} times under ${CLIENTS} tills has every sale that it said yes to, once (seed ${SEED})`, async () => {
  const random = seededRandom(SEED);
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client(i + 1, random));
  for (let i = 0; i < KILLS; i += 1) {
    agent = await terminal.start();
    const selling = Promise.all(clients.map((client) => client.sell()));
    await delay(40 + random() * 250);
    agent.kill("SIGKILL");
    await selling;
    await agent.exited;
  }
  agent = await terminal.start();
  const entries = journalKeys();
  const bySeq = new Map(entries.map(({ key, seq }) => [key, seq]));
  const answered = clients.flatMap((client) => [...client.answered]);
  const sent = new Set(clients.flatMap((client) => [...client.sent]));
  expect(answered.length).toBeGreaterThan(KILLS * CLIENTS);
  expect(answered.filter(([key, seq]) => bySeq.get(key) !== seq)).toEqual([]);
  expect(entries.filter(({ key, revision }) => !sent.has(key) || revision !== 1)).toEqual([]);
  expect(bySeq.size).toBe(entries.length);
  // Negative control: a sale that was answered and is missing, or is there twice, would be seen.
  const [lost] = answered;
  expect(answered.filter(([key, seq]) => (key === lost?.[0] ? undefined : bySeq.get(key)) !== seq)).toEqual([lost]);

  // Everything again, as tills do that lost their own records: nothing changes.
  const all = answered
    .map(([key]) => key.split("/"))
    .map(([, workstation, , sequence]) => JSON.stringify(postedSale(Number(workstation), Number(sequence))));
  for (let at = 0; at < all.length; at += 400) {
    const results = await post(all.slice(at, at + 400));
    expect(new Set(results?.map(({ result }) => result))).toEqual(new Set(["repeated"]));
  }
  expect(journalKeys()).toEqual(entries);
  await agent.stop();
  const verified = await runJson<{ ok: boolean; entries: number }>("agent", ["verify", "--data", terminal.data]);
  expect(verified).toMatchObject({ ok: true, entries: entries.length });
});
