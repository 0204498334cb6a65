import { usePluginShelf } from "./shelf";
import "./plugins.css";

/** Folders of plugins that cannot be used, each with its reason. */
export function RefusedPlugins() {
  const { refused } = usePluginShelf();
  return refused.length === 0 ? null : (
    <section aria-label="Plugins that cannot be used">
      <h2 className="label">Cannot be used</h2>
      {refused.map(({ name, error }) => (
        <div key={name} className="plugin-refused">
          <b>{name}</b>
          <span>{error}</span>
        </div>
      ))}
    </section>
  );
}
