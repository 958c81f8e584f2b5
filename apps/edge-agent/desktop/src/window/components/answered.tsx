import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNotice } from "./error-notice.tsx";
import { Loading } from "./loading.tsx";

interface AnsweredProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly children: (answer: Answer) => ReactNode;
}

/** Draws an answer once it is there; before, that it is waited for; when the last question failed, why, and what was known before. */
export function Answered<Answer>({ query, children }: AnsweredProps<Answer>): ReactNode {
  const { data, error, isError, refetch } = query;
  return (
    <>
      {isError ? <ErrorNotice error={error} onAgain={() => void refetch()} /> : null}
      {data === undefined ? isError ? null : <Loading /> : children(data)}
    </>
  );
}
