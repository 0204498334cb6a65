import { SquareArrowOutUpRight } from "lucide-react";
import { Menu } from "../ui";
import type { WidgetLink } from "./plugin";

export function follow({ href, newTab }: WidgetLink): void {
  if (newTab) window.open(href, "_blank", "noreferrer");
  else location.assign(href);
}

/** A name that leads on: plain, one link, or a menu of them. */
export function LinkedName({ name, links }: { name: string; links: readonly WidgetLink[] }) {
  const [only] = links;
  if (only === undefined) return <>{name}</>;
  if (links.length === 1) {
    return (
      <a href={only.href} title={only.title} {...(only.newTab ? { target: "_blank", rel: "noreferrer" } : {})}>
        {name}
      </a>
    );
  }
  return (
    <Menu
      trigger={
        <button type="button" className="link">
          {name}
        </button>
      }
      entries={links.map((one) => ({
        label: one.title,
        icon: SquareArrowOutUpRight,
        href: one.href,
        onSelect: () => follow(one),
      }))}
    />
  );
}
