// The script of the documents that plugins are shown in, for the server: one file that needs no other.
import { build } from "vite";

await build({
  configFile: false,
  logLevel: "warn",
  build: {
    outDir: "../src/vedette/dashboards/plugins",
    emptyOutDir: false,
    copyPublicDir: false,
    minify: false,
    target: "es2022",
    lib: {
      entry: "src/widgets/plugins/frame/main.ts",
      formats: ["iife"],
      name: "vedetteFrame",
      fileName: () => "frame.gen.js",
    },
  },
});
