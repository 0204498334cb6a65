/** Colours of PromQL and of the editor's parts, from the theme's tokens. */

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const promqlHighlight = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-fn)" },
  { tag: [tags.operatorKeyword, tags.modifier, tags.controlKeyword], color: "var(--code-keyword)" },
  { tag: tags.function(tags.variableName), color: "var(--code-fn)" },
  { tag: tags.labelName, color: "var(--code-label)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: [tags.number, tags.literal], color: "var(--code-number)" },
  { tag: [tags.operator, tags.compareOperator, tags.arithmeticOperator, tags.punctuation], color: "var(--code-op)" },
  { tag: tags.comment, color: "var(--text-3)" },
  { tag: tags.variableName, color: "var(--code-metric)" },
]);

export const promqlTheme = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--code-metric)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", fontVariantLigatures: "none", lineHeight: "20px" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 8px 0 2px" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "1.5px" },
  ".cm-gutters": { backgroundColor: "transparent", border: "0", color: "var(--text-3)", minWidth: "30px" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "26px", padding: "0 8px 0 0", fontSize: "11px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--accent-tint-2)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--active)",
    borderRadius: "2px",
  },
  ".cm-placeholder": { color: "var(--text-3)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--crit) 1.25px",
    textUnderlineOffset: "4px",
    textDecorationSkipInk: "none",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--warn) 1.25px",
    textUnderlineOffset: "4px",
    textDecorationSkipInk: "none",
  },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "var(--radius-lg)",
    backgroundColor: "var(--raised)",
    color: "var(--text-2)",
    boxShadow: "var(--shadow-3)",
    fontVariantLigatures: "none",
    overflow: "hidden",
  },
  ".cm-tooltip-lint": { padding: "0" },
  ".cm-diagnostic": { padding: "6px 10px", borderLeft: "0", fontFamily: "var(--font-sans)", fontSize: "12px" },
  // what a metric means stands beside the list
  ".cm-tooltip.cm-tooltip-autocomplete": { overflow: "visible" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-mono)",
    fontSize: "12px",
    maxHeight: "236px",
    padding: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: "3px 6px",
    borderRadius: "var(--radius-sm)",
    lineHeight: "20px",
    color: "var(--text-2)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-tint)",
    color: "var(--text)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent-text)", fontWeight: "600" },
  ".cm-completionDetail": { color: "var(--text-3)", fontStyle: "normal", fontSize: "11px" },
  ".cm-completionIcon": { color: "var(--text-3)", opacity: "1" },
  ".cm-tooltip.cm-completionInfo": {
    padding: "9px 12px",
    maxWidth: "280px",
    fontFamily: "var(--font-sans)",
    fontSize: "12px",
    lineHeight: "16px",
  },
});
