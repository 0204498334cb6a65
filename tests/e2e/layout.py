"""What is wrong with how a page stands: wider than the screen, one thing over another, too small for a finger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# a colour on its way from one theme to the other is neither's
SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter(one => one.effect.getTiming().iterations !== Infinity).map(one => one.finished))"""
# to hand over all that is right takes longer than to find what is wrong
VIOLATIONS = """rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })
  .then(({ violations }) => violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`))"""
# what is within a picture cannot be pressed; a link within a sentence is as high as the sentence
SMALL = """() => [...document.querySelectorAll('button, a, input, select, [role=tab], [role=radio], [role=switch]')]
  .filter(e => !e.closest('[aria-hidden=true], [inert], p, dd, li:not([role])') && e.type !== 'hidden')
  .map(e => [e, (e.closest('.toggle, .input-box, label') ?? e).getBoundingClientRect()])
  .filter(([, r]) => r.width > 1 && (r.height < 43.5 || r.width < 43.5))
  .map(([e, r]) => `too small: ${e.getAttribute('aria-label') ?? e.textContent} ${r.width}x${r.height}`)"""
# The words of a page and the things that one presses, each cut to what can be seen of it, two and two. Letters
# are smaller than the box of their line, so boxes may touch.
MISPLACED = """() => {
  const pictures = 'svg, .u-wrap, .cm-editor, .wspace, [inert], [aria-hidden=true], option';
  const shown = e => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest(pictures);
  const meet = (a, b) => ({ left: Math.max(a.left, b.left), right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom) });
  const clips = new Map();
  // what can be seen of an element's content, and what it stands fast on
  const clipOf = e => {
    if (e === null || e === document.documentElement)
      return { left: 0, top: 0, right: innerWidth, bottom: innerHeight, fast: null };
    if (clips.has(e)) return clips.get(e);
    const style = getComputedStyle(e);
    const outer = clipOf(e.parentElement);
    const cut = style.overflowX === 'visible' && style.overflowY === 'visible'
      ? outer : { ...meet(outer, e.getBoundingClientRect()), fast: outer.fast };
    const found = /fixed|sticky/.test(style.position) ? { ...cut, fast: e } : cut;
    clips.set(e, found);
    return found;
  };
  const seen = [];
  const add = (owner, r, words, letters) => {
    const clip = clipOf(owner);
    const by = letters ? (r.bottom - r.top) * 0.22 : 1;
    const box = meet({ left: r.left + 1, right: r.right - 1, top: r.top + by, bottom: r.bottom - by }, clip);
    if (box.right - box.left > 2 && box.bottom - box.top > 2)
      seen.push({ ...box, owner, words: words.trim().slice(0, 40), letters, fast: clip.fast });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const owner = node.parentElement;
    if (node.data.trim() === '' || !shown(owner) || owner.closest('.sr-only') || owner.tagName === 'STYLE') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) add(owner, r, node.data, true);
  }
  for (const e of document.querySelectorAll('button, a[href], select, input:not([type=hidden])'))
    if (shown(e) && e.closest('.sr-only') === null && !e.matches('.toggle input'))
      add(e, e.getBoundingClientRect(), e.getAttribute('aria-label') ?? e.textContent, false);
  const problems = new Set();
  if (document.documentElement.scrollWidth > innerWidth)
    problems.add(`${document.documentElement.scrollWidth} px wide`);
  seen.sort((a, b) => a.left - b.left);
  for (let i = 0; i < seen.length; i += 1) {
    const a = seen[i];
    for (let j = i + 1; j < seen.length && seen[j].left < a.right; j += 1) {
      const b = seen[j];
      if (a.owner === b.owner || a.fast !== b.fast) continue;
      if (!(a.letters && b.letters) && (a.owner.contains(b.owner) || b.owner.contains(a.owner))) continue;
      const box = a.owner.closest('.input-box, label');
      if (box !== null && box === b.owner.closest('.input-box, label')) continue;
      const over = meet(a, b);
      if (over.right - over.left > 2 && over.bottom - over.top > 2)
        problems.add(`"${a.words}" over "${b.words}"`);
    }
  }
  return [...problems];
}"""


def rest(page: Page) -> None:
    """Waits until nothing is on its way: no content, no letters, no colours."""
    expect(page.locator("[aria-busy=true], .loadbar")).to_have_count(0)
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.evaluate(SETTLED)


def violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """What axe finds in what is shown."""
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(VIOLATIONS, list(rules))
    return found


def misplaced(page: Page) -> list[str]:
    """What is wider than the screen, or over something else."""
    found: list[str] = page.evaluate(MISPLACED)
    return found


def small(page: Page) -> list[str]:
    """What a finger does not hit."""
    found: list[str] = page.evaluate(SMALL)
    return found
