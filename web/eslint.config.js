import js from "@eslint/js";
import boundaries from "eslint-plugin-boundaries";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

// Rooms of the page, top to bottom: a room imports only what its list names. `ui` knows no metrics.
const ARROWS = {
  app: ["pages", "dashboards", "widgets", "queries", "live", "charts", "data", "api", "ui"],
  pages: ["dashboards", "widgets", "queries", "promql", "live", "charts", "data", "api", "ui"],
  dashboards: ["widgets", "queries", "promql", "live", "charts", "data", "api", "ui"],
  widgets: ["charts", "data", "ui"],
  queries: ["live", "api", "data"],
  promql: ["api", "data", "ui"],
  charts: ["data"],
  live: ["data"],
  api: ["data"],
  data: [],
  ui: [],
};
const NO_REACT = ["src/charts/**", "src/live/**", "src/data/**", "src/api/**"];

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.gen.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, jsxA11y.flatConfigs.recommended],
    languageOptions: { parserOptions: { projectService: true }, globals: globals.browser },
    plugins: { boundaries, "react-hooks": reactHooks },
    settings: {
      "import/resolver": { node: { extensions: [".ts", ".tsx"] } },
      "boundaries/elements": [...Object.keys(ARROWS).map((room) => ({ type: room, pattern: `src/${room}` }))],
      "boundaries/include": ["src/**"],
      // mounts the app and nothing else
      "boundaries/ignore": ["src/main.tsx"],
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "boundaries/no-unknown-dependencies": "error",
      "boundaries/no-unknown-files": "error",
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: Object.entries(ARROWS).map(([from, allow]) => ({
            from: { element: { type: from } },
            allow: { to: { element: { type: [from, ...allow] } } },
          })),
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // function-typed members may be handed on without their object
      "@typescript-eslint/method-signature-style": ["error", "property"],
      "max-lines": ["error", { max: 400 }],
      "no-console": "error",
    },
  },
  {
    files: NO_REACT,
    rules: { "no-restricted-imports": ["error", { patterns: ["react", "react-dom", "react/*", "@tanstack/*"] }] },
  },
  { files: ["**/*.js"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { files: ["public/*.js"], rules: { "no-unused-vars": "off" } },
);
