import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Pages by the beginning of their address; a dashboard nearly always has lines. */
const EARLY: Record<string, readonly string[]> = {
  "/d/": ["/pages/dashboards/DashboardPage.tsx", "/widgets/views/TimeView.tsx"],
  "/dashboards": ["/pages/dashboards/DashboardsPage.tsx"],
  "/explore": ["/pages/explore/ExplorePage.tsx"],
};

const SERVER = process.env["VEDETTE_URL"] ?? "http://127.0.0.1:9000";
const proxied = Object.fromEntries(
  ["/api", "/-", "/stream", "/plugins"].map((path) => [path, { target: SERVER, changeOrigin: true }]),
);

/** Text is measured and painted in Inter from the start: its Latin part is asked for with the document. */
const preloadInter: Plugin = {
  name: "preload-inter",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((name) => name.includes("inter-latin-wght-normal"))
        .map((name) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${name}`, crossorigin: "" },
          injectTo: "head" as const,
        })),
  },
};

/**
 * What the pages that are loaded on demand consist of, for `public/early.js`: it asks for the one of the address before
 * the application, which would ask for it much later, has been read.
 */
const earlyPages: Plugin = {
  name: "early-pages",
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle }) => {
      const chunks = Object.values(bundle ?? {}).filter((one) => one.type === "chunk");
      const parts = (name: string, seen: Set<string>): Set<string> => {
        const chunk = chunks.find((one) => one.fileName === name);
        if (chunk === undefined || seen.has(name) || html.includes(name)) return seen;
        seen.add(name);
        chunk.viteMetadata?.importedCss.forEach((css) => seen.add(css));
        chunk.imports.forEach((one) => parts(one, seen));
        return seen;
      };
      const pages = Object.entries(EARLY).map(([path, sources]) => {
        const files = chunks.filter((one) => sources.some((source) => one.facadeModuleId?.endsWith(source) === true));
        return [path, [...files.reduce((seen, { fileName }) => parts(fileName, seen), new Set<string>())]];
      });
      return [
        {
          tag: "meta",
          attrs: { name: "early", content: JSON.stringify(Object.fromEntries(pages)) },
          injectTo: "head",
        },
        { tag: "script", attrs: { src: "/early.js" }, injectTo: "head" },
      ];
    },
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadInter, earlyPages],
  build: {
    outDir: "../src/vedette/page",
    emptyOutDir: true,
    target: "es2022",
    // data: URLs would need a wider content security policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 9189, proxy: { ...proxied, "/ws": { target: SERVER, ws: true, changeOrigin: true } } },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "node" },
});
