import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import type { TextOptions } from "../kinds/text";
import type { WidgetProps } from "../plugin";

/** Addresses that a click may follow; whatever runs script is none of them. */
export function safeAddress(address: string): string {
  return /^(https?:|mailto:|\/(?!\/)|#|\?)/i.test(address) ? address : "";
}

/** Markdown becomes elements of React, never HTML: what looks like a tag is shown as it was typed. */
export default function TextView({ options, title }: WidgetProps<TextOptions>) {
  const { text, format, align } = options;
  return (
    <div
      className={`wtext wtext--${align}`}
      role="group"
      aria-label={title === "" ? "Text" : `${title}, text`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
      tabIndex={0}
    >
      {format === "plain" ? (
        <p className="wtext__plain">{text}</p>
      ) : (
        <Markdown
          remarkPlugins={[remarkGfm]}
          urlTransform={safeAddress}
          components={{
            // pictures would be fetched from strangers, who then know who looks
            img: ({ alt }) => <span className="muted">{alt}</span>,
            a: ({ href, children }) => (
              <a href={href} {...(href?.startsWith("http") === true ? { target: "_blank", rel: "noreferrer" } : {})}>
                {children}
              </a>
            ),
          }}
        >
          {text}
        </Markdown>
      )}
    </div>
  );
}
