/** Snippets that work as they are: address and key in them are this server's. */

export type SnippetName = "prometheus" | "influx" | "curl" | "scrape";

export interface Snippet {
  name: SnippetName;
  label: string;
  text: string;
  note: string;
}

/** `key` is what senders sign in with; null where nobody has to. */
export function snippets(origin: string, key: string | null): Snippet[] {
  const header = key === null ? "" : ` \\\n  -H 'Authorization: Bearer ${key}'`;
  const credentials = key === null ? "" : `\n    authorization:\n      credentials: ${key}`;
  return [
    {
      name: "prometheus",
      label: "Prometheus",
      text: `# prometheus.yml\nremote_write:\n  - url: ${origin}/api/v1/write${credentials}`,
      note: "Versions 1.0 and 2.0 of remote write. Grafana reads from here as from a Prometheus.",
    },
    {
      name: "influx",
      label: "Influx",
      text: `curl '${origin}/api/v2/write?precision=s'${header} \\\n  --data-binary "orders,shop=berlin count=1 $(date +%s)"`,
      note: 'Line protocol; the metric is orders_count{shop="berlin"}. Telegraf\'s influxdb output works.',
    },
    {
      name: "curl",
      label: "curl",
      text: `curl ${origin}/api/v1/import/prometheus${header} \\\n  --data-binary 'orders_total{shop="berlin"} 1\n'`,
      note: "Text exposition and OpenMetrics, as any /metrics page has it.",
    },
    {
      name: "scrape",
      label: "Scrape",
      text: [
        "# prometheus.yml, as Prometheus takes it",
        "scrape_configs:",
        "  - job_name: my-service",
        "    scrape_interval: 5s",
        "    static_configs:",
        '      - targets: ["127.0.0.1:8080"]',
        "",
        "# then start with",
        "vedette serve --set scrape.config_file=prometheus.yml",
      ].join("\n"),
      note: "File and HTTP discovery and relabelling work too; a changed file is taken within seconds.",
    },
  ];
}
