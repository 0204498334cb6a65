import type { ReactNode } from "react";
import { Component } from "react";
import { Button } from "../../ui";

interface State {
  error: Error | null;
}

/** A widget that fails says so and leaves the others standing. */
export class WidgetBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="state" role="alert">
        <b>This widget failed</b>
        <span className="[overflow-wrap:anywhere]">{error.message}</span>
        <Button small onClick={() => this.setState({ error: null })}>
          Show it again
        </Button>
      </div>
    );
  }
}
