import { formatAmount, type Amount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { InvoiceRow } from "./book-invoice.ts";
import { Ended, untilEnded } from "./ended.ts";
import type { MappedSale } from "./mapped.ts";
import type { Known } from "./resolve.ts";
import type { Steps } from "./steps.ts";
import { decimal } from "./values.ts";

type Posted = InvoiceRow & { readonly invoice_date: object };
type Payment = MappedSale["payments"][number];

const moveRow = z.object({ id: z.number().int(), state: z.enum(["draft", "posted"]), description: z.string() });
type MoveRow = z.infer<typeof moveRow>;
const lineRow = z.object({ id: z.number().int(), reconciliation: z.number().int().nullable(), account: z.number().int() });

/**
 * One entry in the books for each payment method, then all of them against the invoice. Entries are drafted, counted, and
 * only then posted: a request that came twice leaves a draft too many, and no second payment.
 */
export async function bookPayments(steps: Steps, sale: MappedSale, known: Known, invoice: Posted): Promise<void> {
  const { rpc } = steps;
  const before = await findMoves(steps, sale);
  const absent = sale.payments.filter((payment) => !before.some((move) => move.description === nameOf(sale, payment)));
  if (absent.length > 0)
    await rpc.create(
      "account.move",
      absent.map((payment) => moveValues(sale, payment, known, invoice)),
    );
  const moves = absent.length > 0 ? await findMoves(steps, sale) : before;
  const kept = sale.payments.map((payment) => keepOne(moves, nameOf(sale, payment)));
  const surplus = moves.filter((move) => !kept.includes(move));
  await removeDrafts(steps, surplus);
  const drafts = kept.filter((move) => move.state === "draft").map(({ id }) => id);
  if (drafts.length > 0) await postMoves(steps, drafts);
  await reconcile(
    steps,
    known,
    invoice,
    kept.map(({ id }) => id),
  );
}

/** Tryton refuses to post what is posted: a request that came twice was heard all the same. */
async function postMoves({ rpc }: Steps, drafts: readonly number[]): Promise<void> {
  const refused = await untilEnded(() => rpc.press("account.move", "post", drafts));
  if (refused === undefined) return;
  const left = refused.kind === "rejected" ? await rpc.find("account.move", "id", drafts, moveRow, [["state", "!=", "posted"]]) : drafts;
  if (left.length > 0) throw new Ended(refused);
}

/** A draft is in no balance. Only an administrator of accounts may delete one; where the user is none, it is left to a person. */
async function removeDrafts({ rpc }: Steps, surplus: readonly MoveRow[]): Promise<void> {
  if (surplus.length === 0) return;
  const drafts = surplus.map(({ id }) => id);
  const refused = await untilEnded(() => rpc.press("account.move", "delete", drafts));
  if (refused !== undefined && refused.kind !== "rejected") throw new Ended(refused);
}

/** By which a payment is found again: Tryton's entries have no reference of their own. */
const nameOf = (sale: MappedSale, { method }: Payment): string => `${sale.reference} ${method}`;

const findMoves = ({ rpc }: Steps, sale: MappedSale): Promise<MoveRow[]> =>
  sale.payments.length === 0
    ? Promise.resolve([])
    : rpc.find(
        "account.move",
        "description",
        sale.payments.map((payment) => nameOf(sale, payment)),
        moveRow,
      );

function keepOne(moves: readonly MoveRow[], name: string): MoveRow {
  const own = moves.filter((move) => move.description === name);
  const posted = own.filter((move) => move.state === "posted");
  if (posted.length > 1) throw new Ended({ kind: "foreign", detail: `${posted.length} entries ${name}` });
  const [kept] = posted.length === 1 ? posted : own;
  if (kept === undefined) throw new Ended({ kind: "uncertain", detail: `the entry ${name} is not there` });
  return kept;
}

function moveValues(sale: MappedSale, payment: Payment, known: Known, invoice: Posted): object {
  const method = known.get("tenders", payment.method);
  const out = payment.amount.startsWith("-");
  const amount = decimal(formatAmount((out ? payment.amount.slice(1) : payment.amount) as Amount, sale.exponent));
  const nothing = decimal("0");
  const [debit, credit] = out ? [nothing, amount] : [amount, nothing];
  return {
    company: known.company,
    journal: method.journal,
    date: invoice.invoice_date,
    description: nameOf(sale, payment),
    origin: `account.invoice,${invoice.id}`,
    lines: [
      [
        "create",
        [
          { account: out ? method.credit_account : method.debit_account, debit, credit },
          { account: invoice.account, party: known.get("customers", sale.customer).id, debit: credit, credit: debit },
        ],
      ],
    ],
  };
}

/** What the customer owes against what was paid; Tryton refuses it unless it comes to nothing. */
async function reconcile({ rpc }: Steps, known: Known, invoice: Posted, moves: readonly number[]): Promise<void> {
  const [paid, due] = await Promise.all([
    rpc.find("account.move.line", "move", moves, lineRow),
    rpc.find("account.move.line", "id", invoice.lines_to_pay, lineRow),
  ]);
  const lines = [...paid.filter((line) => line.account === invoice.account), ...due];
  const open = lines.filter((line) => line.reconciliation === null).map(({ id }) => id);
  if (open.length > 0)
    await rpc.create("account.move.reconciliation", [{ company: known.company, date: invoice.invoice_date, lines: [["add", open]] }]);
  // Reconciled by a life that ended before Tryton had drawn its conclusion: posting again does that, and nothing else.
  else await rpc.press("account.invoice", "post", [invoice.id]);
}
