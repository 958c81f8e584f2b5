import type { OrderStatus } from "@tillsync/sync-protocol";
import { useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { CodeText } from "../components/error-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import type { Live } from "../live/open-live.ts";
import { useAsking, useLiveState } from "../live/use-live.ts";
import { AskOnceMore } from "./ask-once-more.tsx";
import { refusalOf, type Refusal } from "./refusal.ts";
import type { OrderHere } from "./stand-here.ts";
import type { OrdersHere } from "./use-orders-here.ts";
import { asksOnceMore, isMain, isPickedAnew, stepsFor, type StaffStep } from "./steps-here.ts";

interface TakeStepsProps {
  readonly id: string;
  /** Undefined: it is off the list. */
  readonly order: OrderHere | undefined;
  readonly live: Live;
  readonly lookAgain: OrdersHere["lookAgain"];
}

type Told = { readonly status: StaffStep; readonly outcome: "kept" | "unsure" | Refusal };

/** The steps that the order may take, and what became of the last one. */
export function TakeSteps({ id, order, live, lookAgain }: TakeStepsProps): ReactNode {
  const text = useText();
  const [told, setTold] = useState<Told>();
  const [asked, setAsked] = useState<{ readonly status: StaffStep; readonly seen: OrderHere }>();
  const asking = useAsking(live).get(id);
  const take = async (status: StaffStep, seen: OrderHere): Promise<void> => {
    setAsked(undefined);
    setTold(undefined);
    const outcome = await live.takeStep(seen.row, status);
    const now = await lookAgain(id, outcome.kind === "refused" ? outcome.standing : undefined);
    const isHere = now?.steps.some((step) => step.status === status && step.revision === seen.row.document.revision) === true;
    setTold({
      status,
      outcome: outcome.kind === "refused" ? (isHere ? "kept" : refusalOf(status, outcome, now)) : isHere ? "kept" : outcome.kind,
    });
  };
  const press = (status: StaffStep, seen: OrderHere): void => {
    if (asksOnceMore(status)) setAsked({ status, seen });
    else void take(status, seen);
  };
  const steps = order === undefined ? [] : stepsFor(order.order);
  return (
    <Panel title={text("orders.steps")}>
      <StepOutcomeNotice told={told} asking={asking} live={live} />
      {order === undefined || asking !== undefined ? null : steps.length === 0 ? (
        <p>{text("orders.no-steps")}</p>
      ) : (
        <div className="actions">
          {steps.map((status) => (
            <Button key={status} kind={kindOf(order, status)} onPress={() => press(status, order)}>
              {text(isPickedAnew(order.order, status) ? "orders.step.picked-anew" : `orders.step.${status}`)}
            </Button>
          ))}
        </div>
      )}
      {asked === undefined ? null : (
        <AskOnceMore
          status={asked.status}
          seen={asked.seen}
          now={order}
          onYes={() => void take(asked.status, asked.seen)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Panel>
  );
}

const kindOf = ({ order }: OrderHere, status: StaffStep): "main" | "danger" | "plain" =>
  isMain(order, status) ? "main" : status === "cancelled" || status === "returned" ? "danger" : "plain";

interface OutcomeProps {
  readonly told: Told | undefined;
  readonly asking: OrderStatus | undefined;
  readonly live: Live;
}

function StepOutcomeNotice({ told, asking, live }: OutcomeProps): ReactNode {
  const text = useText();
  const state = useLiveState(live);
  if (asking !== undefined) {
    const step = text(`orders.status.${asking}`);
    return (
      <Notice kind={state.kind === "failing" ? "attention" : "info"}>
        <p>{text("orders.asking", { step })}</p>
        {state.kind === "failing" ? <p>{text("orders.asking.wait")}</p> : null}
      </Notice>
    );
  }
  if (told === undefined) return null;
  const step = text(`orders.status.${told.status}`);
  if (told.outcome === "kept") return <Notice kind="safe">{text("orders.kept", { step })}</Notice>;
  if (told.outcome === "unsure") return <Notice kind="attention">{text("orders.unsure")}</Notice>;
  return (
    <Notice kind="failed">
      <p className="code-meaning">{text("orders.refused", { step })}</p>
      <Why refusal={told.outcome} />
    </Notice>
  );
}

function Why({ refusal }: { readonly refusal: Refusal }): ReactNode {
  const text = useText();
  if (refusal.kind === "code") return <CodeText code={refusal.code} />;
  const status = "status" in refusal ? text(`orders.status.${refusal.status}`) : "";
  return <p>{text(`orders.refused.${refusal.kind}`, { status })}</p>;
}
