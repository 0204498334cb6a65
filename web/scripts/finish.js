// After the build: compressed twins of each text file, and a check of what a page must load first and of the largest
// part that is fetched when it is needed (bytes after gzip).
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const PAGE = new URL("../../src/vedette/page/", import.meta.url);
const BUDGET_BYTES = { main: 250_000, lazy: 250_000 };
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

const html = readFileSync(new URL("index.html", PAGE), "utf8");
const first = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]));
const sizes = { main: 0, lazy: 0 };
for (const name of readdirSync(new URL("assets/", PAGE))) {
  if (!/\.(js|css)$/.test(name)) continue;
  const file = new URL(`assets/${name}`, PAGE);
  const text = readFileSync(file);
  const gzipped = gzipSync(text, { level: 9 });
  writeFileSync(new URL(`${file.href}.gz`), gzipped);
  writeFileSync(new URL(`${file.href}.br`), brotliCompressSync(text, BROTLI));
  if (first.has(`assets/${name}`)) sizes.main += gzipped.length;
  else sizes.lazy = Math.max(sizes.lazy, gzipped.length);
}
for (const [kind, bytes] of Object.entries(sizes)) {
  console.log(`${kind}: ${(bytes / 1000).toFixed(1)} kB gzip of ${BUDGET_BYTES[kind] / 1000}`);
  if (bytes > BUDGET_BYTES[kind]) process.exitCode = 1;
}
