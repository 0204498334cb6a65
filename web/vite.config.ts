import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

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

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadInter],
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
