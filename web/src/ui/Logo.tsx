export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="none" aria-hidden="true">
      <path
        d="M3 5.5h4.7L12 14.9l4.3-9.4H21L13.9 20.2a1.1 1.1 0 0 1-1 .6h-1.8a1.1 1.1 0 0 1-1-.6z"
        fill="currentColor"
      />
      <circle cx="12" cy="5.6" r="2.6" fill="var(--accent)" />
    </svg>
  );
}
