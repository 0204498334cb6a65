import { Link2Off } from "lucide-react";
import { useEffect } from "react";
import { Button, CenterCard, EmptyState, Notice } from "../../ui";

/** Where nothing but the dashboard is drawn its name is still read aloud, and on the tab. */
export function Heading({ title }: { title: string }) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <header className="sr-only">
      <h1>{title}</h1>
    </header>
  );
}

export function Gone() {
  return (
    <main className="public-page__center">
      <h1 className="sr-only">Shared dashboard</h1>
      <EmptyState icon={Link2Off} title="This link opens nothing">
        It is not complete, has expired, or whoever shared it has ended it.
      </EmptyState>
    </main>
  );
}

export function Waiting({ error, again }: { error: Error | null; again: () => void }) {
  if (error === null) return <p className="muted p-4">Loading</p>;
  return (
    <CenterCard title="The dashboard did not come">
      <Notice kind="crit">{error.message}</Notice>
      <Button variant="primary" onClick={again}>
        Try again
      </Button>
    </CenterCard>
  );
}
