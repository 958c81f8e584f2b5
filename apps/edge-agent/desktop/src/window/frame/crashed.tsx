import { Component, type ReactNode } from "react";
import { ErrorNotice } from "../components/error-notice.tsx";
import { Notice } from "../components/notice.tsx";
import { AskError } from "../port/ask-error.ts";

interface CrashedProps {
  readonly message: string;
  readonly children: ReactNode;
}

/** A bug of one screen leaves the others and the state of the sales on the screen. */
export class Crashed extends Component<CrashedProps, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <>
        <Notice kind="attention">{this.props.message}</Notice>
        <ErrorNotice
          error={new AskError("internal.unexpected", error.message)}
          onAgain={() => {
            this.setState({ error: undefined });
          }}
        />
      </>
    );
  }
}
