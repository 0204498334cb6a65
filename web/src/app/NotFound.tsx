import { useSession } from "../queries/session";

export function NotFound() {
  const { location } = useSession();
  return (
    <main className="grid flex-1 place-content-center gap-2 text-center">
      <h1 className="text-[length:var(--fs-xl)]">There is no page here</h1>
      <p className="muted">{location.path}</p>
      <button type="button" className="btn mx-auto" onClick={() => location.go("/")}>
        Go to the first page
      </button>
    </main>
  );
}
