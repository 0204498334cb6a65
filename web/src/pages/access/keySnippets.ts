/** How a new key is used, with the key in place. */

import type { Scope } from "./words";

export interface KeySnippet {
  name: string;
  label: string;
  text: string;
}

export function keySnippets(origin: string, secret: string, project: string, scopes: readonly string[]): KeySnippet[] {
  const may = (...wanted: readonly Scope[]): boolean => wanted.some((scope) => scopes.includes(scope));
  const sends = may("ingest", "admin");
  const reads = may("read", "edit", "admin");
  const all: (KeySnippet | null)[] = [
    sends
      ? {
          name: "push",
          label: "curl",
          text: `curl ${origin}/api/v1/import/prometheus \\\n  -H 'Authorization: Bearer ${secret}' \\\n  --data-binary 'orders_total{shop="berlin"} 1\n'`,
        }
      : null,
    sends
      ? {
          name: "prometheus",
          label: "Prometheus",
          text: `# prometheus.yml\nremote_write:\n  - url: ${origin}/api/v1/write\n    authorization:\n      credentials: ${secret}`,
        }
      : null,
    reads
      ? {
          name: "query",
          label: sends ? "Query" : "curl",
          text: `curl '${origin}/api/v1/query?query=up' \\\n  -H 'Authorization: Bearer ${secret}'`,
        }
      : null,
    reads
      ? {
          name: "grafana",
          label: "Grafana",
          text: [
            "# Data source of type Prometheus",
            `URL:       ${origin}`,
            "Auth:      Basic authentication",
            `User:      ${project}`,
            `Password:  ${secret}`,
          ].join("\n"),
        }
      : null,
  ];
  return all.filter((one) => one !== null);
}
