import { ChevronRight } from "lucide-react";
import type { MouseEvent } from "react";
import { useSession } from "../../queries/session";

const QUESTIONS: readonly { title: string; promql: string }[] = [
  {
    title: "Which processes use the CPU?",
    promql: "topk(5, sum by (command) (rate(vedette_process_cpu_seconds_total[30s])))",
  },
  {
    title: "How much memory is left, in per cent?",
    promql: "100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
  },
  { title: "How busy is each disk?", promql: "rate(node_disk_io_time_seconds_total[30s])" },
  {
    title: "When will a filesystem be full, in days?",
    promql: "node_filesystem_avail_bytes / clamp_min(-deriv(node_filesystem_avail_bytes[30m]), 1) / 86400",
  },
  {
    title: "How long do queries take, 95th percentile?",
    promql: "histogram_quantile(0.95, sum by (le) (rate(vedette_query_duration_seconds_bucket[1m])))",
  },
];

/** Ready questions, for people who know what they want to know but not yet how to ask. */
export function FirstQuestions() {
  const { location } = useSession();
  const ask = (promql: string) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    location.go("/explore");
    location.change({ q: promql }, "replace");
  };
  return (
    <section className="card pb-2" aria-label="Questions to start with">
      <h2>Questions to start with</h2>
      <div className="mx-4 mt-1">
        {QUESTIONS.map(({ title, promql }) => (
          <a
            key={title}
            className="list-row last:border-b-0"
            href={`/explore?q=${encodeURIComponent(promql)}`}
            title={promql}
            onClick={ask(promql)}
          >
            <span className="min-w-0 flex-1">{title}</span>
            <ChevronRight className="icon icon--xs" aria-hidden />
          </a>
        ))}
      </div>
    </section>
  );
}
