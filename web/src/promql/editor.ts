/** The PromQL editor on CodeMirror: completion from the server, problems where they are. No React. */

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  acceptCompletion,
  completionStatus,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import type { Diagnostic } from "@codemirror/lint";
import { forceLinting, lintKeymap, linter } from "@codemirror/lint";
import type { Transaction } from "@codemirror/state";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import { promqlHighlight, promqlTheme } from "./highlight";
import type { Problem } from "./problems";

export interface EditorEvents {
  changed: (text: string) => void;
  run: () => void;
  format: () => void;
  /** Problems found while typing, before the server is asked. */
  problems: (problems: readonly Problem[]) => void;
}

const LINT_DELAY_MS = 300;
const METADATA_AGE_MS = 60_000;

/** Typing over a selection, done here: Chromium would keep its style in a style attribute, which the policy forbids. */
function typeOverSelection(event: InputEvent, view: EditorView): boolean {
  const { data } = event;
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || data === null || empty || view.composing) return false;
  const insert = (): Transaction =>
    view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, data, insert));
  if (!handled) view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** The linter looks at nothing of a view but its state. */
const lookedAt = (state: EditorState): EditorView => ({ state }) as unknown as EditorView;

function toProblem({ from, to, severity, message }: Diagnostic): Problem {
  return { from, to, message, severity: severity === "error" ? "error" : "warning" };
}

export class PromqlEditor {
  private readonly view: EditorView;
  private readonly promql = new PromQLExtension();
  private served: readonly Problem[] = [];

  /** `plain` makes plain PromQL, place for place, of a text that holds more, such as variables. */
  constructor(
    parent: HTMLElement,
    text: string,
    label: string,
    nonce: string,
    events: EditorEvents,
    plain: (text: string) => string = (same) => same,
  ) {
    // the extension's own linter would know nothing of what the server answered
    const typed = this.promql.getLinter().promQL();
    const language = this.promql.asExtension();
    this.promql.activateLinter(false).setComplete({ remote: { url: "", cache: { maxAge: METADATA_AGE_MS } } });
    const check = async (view: EditorView): Promise<Diagnostic[]> => {
      const written = view.state.doc.toString();
      const read = plain(written);
      const state = read === written ? view.state : EditorState.create({ doc: read, extensions: [language] });
      const found = written === "" ? [] : [...(await typed(read === written ? view : lookedAt(state)))];
      events.problems(found.map(toProblem));
      const length = view.state.doc.length;
      return [...this.served.map((one) => ({ ...one })), ...found].filter((one) => one.to <= length);
    };
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label }),
          lineNumbers(),
          history(),
          bracketMatching(),
          closeBrackets(),
          indentOnInput(),
          // what tab does is asked for: it takes what is shown, however fresh
          autocompletion({ maxRenderedOptions: 60, icons: false, interactionDelay: 0 }),
          placeholder("A metric or any PromQL, for example node_load1"),
          language,
          syntaxHighlighting(promqlHighlight),
          promqlTheme,
          linter(check, { delay: LINT_DELAY_MS }),
          keymap.of([
            {
              key: "Mod-Enter",
              run: (view) => {
                closeCompletion(view);
                events.run();
                return true;
              },
            },
            { key: "Shift-Alt-f", run: () => (events.format(), true) },
            // while a list is on its way, tab must not leave the field
            { key: "Tab", run: (view) => acceptCompletion(view) || completionStatus(view.state) !== null },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...lintKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.domEventHandlers({ beforeinput: typeOverSelection }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            // what the server said was about the text before
            this.served = [];
            events.changed(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  setText(text: string): void {
    const current = this.view.state.doc.toString();
    if (current === text) return;
    this.view.dispatch({ changes: { from: 0, to: current.length, insert: text } });
  }

  /** What the server found wrong; underlined until the text changes. */
  setProblems(problems: readonly Problem[]): void {
    this.served = problems;
    forceLinting(this.view);
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    this.promql.destroy();
    this.view.destroy();
  }
}
