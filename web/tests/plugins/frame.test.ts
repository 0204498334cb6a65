import { readFileSync } from "node:fs";
import { build } from "vite";
import { describe, expect, it } from "vitest";

const KEPT = new URL("../../../src/vedette/dashboards/plugins/frame.gen.js", import.meta.url);

describe("the script of plugins' documents", () => {
  it("is what its sources say: npm run gen", async () => {
    const made = await build({
      configFile: false,
      logLevel: "error",
      build: {
        ...{ write: false, minify: false, target: "es2022", copyPublicDir: false },
        lib: { entry: "src/widgets/plugins/frame/main.ts", formats: ["iife"], name: "vedetteFrame" },
      },
    });
    const [bundle] = Array.isArray(made) ? made : [];
    const [chunk] = bundle?.output ?? [];
    expect(chunk?.type === "chunk" && chunk.code).toBe(readFileSync(KEPT, "utf8"));
  });
});
