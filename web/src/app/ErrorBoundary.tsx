import type { ReactNode } from "react";
import { Component } from "react";

interface State {
  error: Error | null;
}

/** A page that fails says so and leaves the rest standing. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="grid flex-1 place-content-center gap-2 p-4 text-center" role="alert">
        <h1 className="text-[length:var(--fs-xl)]">This page failed</h1>
        <p className="muted max-w-[60ch] [overflow-wrap:anywhere]">{error.message}</p>
        <button type="button" className="btn mx-auto" onClick={() => this.setState({ error: null })}>
          Show it again
        </button>
      </main>
    );
  }
}
