import type { ComponentType } from "react";
import { useEffect, useRef, useState } from "react";
import { useChartShare } from "../chartContext";
import type { WidgetProps } from "../plugin";
import type { PluginStatus, PluginWish } from "./bridge";
import { BEAT_MS, Bridge } from "./bridge";
import type { PluginEntry } from "./kinds";
import type { Chosen } from "./PluginStates";
import { Blocked, Failed, Problems, Ways } from "./PluginStates";
import { sentData, sentOptions, sentTheme } from "./sent";
import { pluginShelf } from "./shelf";
import "./plugins.css";

const MOVED_MS = 950;

type Props = WidgetProps<Record<string, unknown>>;

/** The picture of a kind that is a plugin. */
export function pluginView(plugin: PluginEntry): ComponentType<Props> {
  return function PluginView(props) {
    const [run, setRun] = useState(0);
    const restart = (): void => {
      pluginShelf.askAgain();
      setRun(run + 1);
    };
    return <Running key={run} {...props} plugin={plugin} restart={restart} />;
  };
}

interface RunningProps extends Props {
  plugin: PluginEntry;
  restart: () => void;
}

/** One document of a plugin, from its start until it is started again. */
function Running(props: RunningProps) {
  const { plugin, title, width, height, restart } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const [status, setStatus] = useState<PluginStatus | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const bridge = useBridge(props, setStatus, setChosen);
  if (status?.phase === "failed") return <Failed title={plugin.title} message={status.message} restart={restart} />;
  const problems = status?.problems ?? [];
  return (
    <div className="plugin">
      <iframe
        ref={frame}
        className="plugin__frame"
        title={title === "" ? plugin.title : title}
        src={plugin.frame}
        sandbox="allow-scripts"
        referrerPolicy="no-referrer"
        allow=""
        width={width}
        height={height}
        hidden={problems.length > 0}
        onLoad={() => {
          const there = frame.current?.contentWindow ?? null;
          if (there !== null) bridge.open(there);
        }}
      />
      {problems.length === 0 ? null : <Problems problems={problems} />}
      {chosen === null ? null : <Ways chosen={chosen} close={() => setChosen(null)} />}
      <Blocked blocked={status?.blocked ?? []} />
    </div>
  );
}

function bridgeHere(changed: (status: PluginStatus) => void): Bridge {
  return new Bridge({
    changed,
    isActive: () => navigator.userActivation.isActive,
    isHidden: () => document.visibilityState === "hidden",
    now: () => performance.now(),
  });
}

function useBridge(
  props: RunningProps,
  setStatus: (status: PluginStatus) => void,
  setChosen: (chosen: Chosen | null) => void,
): Bridge {
  const { plugin, title, options, data, width, height, zone, reducedMotion } = props;
  const { themeVersion } = useChartShare();
  const [bridge] = useState(() => bridgeHere(setStatus));
  useEffect(() => bridge.onWish((wish) => fulfil(wish, props, setChosen)));
  useEffect(() => {
    const beats = setInterval(() => bridge.beat(), BEAT_MS);
    return () => {
      clearInterval(beats);
      bridge.close();
    };
  }, [bridge]);
  useEffect(() => bridge.show({ title, zone, reducedMotion }), [bridge, title, zone, reducedMotion]);
  useEffect(() => bridge.show({ width, height }), [bridge, width, height]);
  useEffect(() => bridge.show({ theme: sentTheme(document.documentElement) }), [bridge, themeVersion]);
  useEffect(
    () => bridge.show({ options: sentOptions(options, options, plugin.schema) }),
    [bridge, options, plugin.schema],
  );
  useData(bridge, plugin, data);
  return bridge;
}

/** Data as they come, or as seldom as the plugin says; that nothing but a live window has moved, once a second. */
function useData(bridge: Bridge, plugin: PluginEntry, data: Props["data"]): void {
  const sent = useRef({ at_ms: -Infinity, span: "", frame: null as object | null, about: "" });
  const { status, version, frame, live } = data;
  const { start_ms, end_ms } = data.window;
  useEffect(() => {
    const span = live ? String(Math.round(end_ms - start_ms)) : `${start_ms} ${end_ms}`;
    const about = `${status} ${version} ${live}`;
    const now_ms = performance.now();
    const last = sent.current;
    const age_ms = now_ms - last.at_ms;
    if (span === last.span) {
      if (!plugin.live && age_ms < plugin.cache_ms) return;
      if (frame === last.frame && about === last.about && age_ms < MOVED_MS) return;
    }
    sent.current = { at_ms: now_ms, span, frame, about };
    const { data: columns, transfer } = sentData(data);
    bridge.show({ data: columns }, transfer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the data are made anew each time, these tell whether they are others
  }, [bridge, plugin, status, version, frame, live, start_ms, end_ms]);
}

/** Only what is in the data can be chosen or filtered by. */
function fulfil(wish: PluginWish, props: RunningProps, setChosen: (chosen: Chosen | null) => void): void {
  const { series } = props.data.frame;
  switch (wish.op) {
    case "zoom":
      props.zoomTo(wish.start_ms, wish.end_ms);
      return;
    case "zoomOut":
      props.zoomOut?.();
      return;
    case "filter":
      if (series.some(({ labels }) => Object.hasOwn(labels, wish.label) && labels[wish.label] === wish.value)) {
        props.filter(wish.label, wish.value);
      }
      return;
    case "choose": {
      const found = series.find((one) => one.key === wish.key);
      const links = found === undefined ? [] : props.linksOf(found, wish.value, wish.time_ms);
      setChosen(found === undefined || links.length === 0 ? null : { name: found.name, links });
    }
  }
}
