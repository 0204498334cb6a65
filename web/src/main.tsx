/** Mounts the page; the only module with effects on import. */

import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { openSession } from "./app/openSession";
import { preload } from "./app/routes";
import "./ui/fonts";
import "./ui/index.css";
import "uplot/dist/uPlot.min.css";

// style elements made at run time carry the document's nonce, else its policy forbids them
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
if (nonce !== undefined) setNonce(nonce);

function show(): void {
  const root = document.getElementById("root");
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <App opened={openSession()} />
    </StrictMode>,
  );
}

// a page that cannot be loaded says so in its place
preload(location.pathname).then(show, show);
