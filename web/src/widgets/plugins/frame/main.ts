/** The script of a plugin's document: takes the port that the page gives, once, and watches for what goes wrong. */

import type { FromFrame, Hello, ToFrame } from "../protocol";
import { PROTOCOL } from "../protocol";
import type { Definition } from "./runtime";
import { Runtime } from "./runtime";

const MOST_BLOCKED = 20;

declare global {
  interface Window {
    vedette: { define: (definition: Definition) => void };
  }
}

const early: FromFrame[] = [];
let port: MessagePort | null = null;
let blocked = 0;

const runtime = new Runtime({
  get root() {
    return document.querySelector("main") ?? document.body;
  },
  send: (message) => {
    if (port === null) early.push(message);
    else port.postMessage(message);
  },
  soon: (run) => requestAnimationFrame(run),
});

function greet(event: MessageEvent<Partial<Hello> | null>): void {
  const [given] = event.ports;
  if (event.source !== parent || given === undefined || port !== null || event.data?.vedette !== PROTOCOL) return;
  event.stopImmediatePropagation();
  removeEventListener("message", greet);
  port = given;
  port.onmessage = (message: MessageEvent<ToFrame>) => runtime.take(message.data);
  for (const message of early.splice(0)) port.postMessage(message);
}

addEventListener("message", greet);
addEventListener("error", (event) => runtime.fail(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => runtime.fail(event.reason));
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  blocked += 1;
  const message: FromFrame = { op: "blocked", what: `${effectiveDirective} ${blockedURI}`.trim() };
  if (blocked > MOST_BLOCKED) return;
  if (port === null) early.push(message);
  else port.postMessage(message);
});

// what could reach others past the policy
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "WebTransport"]) {
  Reflect.deleteProperty(window, name);
}

window.vedette = Object.freeze({ define: (definition: Definition) => runtime.define(definition) });
