import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const SERVER = process.env["VEDETTE_URL"] ?? "http://127.0.0.1:9000";
const proxied = Object.fromEntries(
  ["/api", "/-", "/stream"].map((path) => [path, { target: SERVER, changeOrigin: true }]),
);

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../src/vedette/page",
    emptyOutDir: true,
    target: "es2022",
    // data: URLs would need a wider content security policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 9189, proxy: { ...proxied, "/ws": { target: SERVER, ws: true, changeOrigin: true } } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
