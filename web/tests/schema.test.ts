import { readFileSync } from "node:fs";
import openapiTS, { COMMENT_HEADER, astToString } from "openapi-typescript";
import { expect, it } from "vitest";

it("has the types of the server's own document: run npm run gen when this fails", async () => {
  const document = new URL("../../tests/golden/openapi.json", import.meta.url);
  const generated = COMMENT_HEADER + astToString(await openapiTS(document));
  expect(readFileSync(new URL("../src/api/schema.gen.ts", import.meta.url), "utf8")).toBe(generated);
});
