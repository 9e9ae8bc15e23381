"""Whether a page fits: at every width of window each thing stays inside its frame, no word is broken."""

from __future__ import annotations

from playwright.sync_api import Page

WIDTHS_PX = (320, 375, 768, 1024, 1366, 1920)

MISFITS = """() => {
    const slack = 1.5, wide = document.documentElement.clientWidth, found = [];
    const style = one => getComputedStyle(one);
    const scrolls = one => ['auto', 'scroll'].includes(style(one).overflowX);
    const apart = one => ['absolute', 'fixed'].includes(style(one).position);
    const framed = one => parseFloat(style(one).borderRightWidth) > 0
        || !['rgba(0, 0, 0, 0)', 'transparent'].includes(style(one).backgroundColor);
    const drawn = one => style(one).visibility !== 'hidden' && one.getClientRects().length > 0;
    const up = (one, wanted) => {
        for (let at = one.parentElement; at; at = at.parentElement) if (wanted(at)) return at;
        return null;
    };
    const called = one => one.tagName.toLowerCase() + (one.id ? '#' + one.id : '')
        + [...one.classList].map(name => '.' + name).join('')
        + ' "' + (one.innerText || '').trim().replace(/\\s+/g, ' ').slice(0, 30) + '"';
    for (const one of document.body.querySelectorAll('*')) {
        if (!drawn(one) || apart(one) || up(one, at => apart(at) || at instanceof SVGElement)) continue;
        const box = one.getBoundingClientRect(), scroller = scrolls(one) ? one : up(one, scrolls);
        const past = Math.max(box.right - wide, -box.left);
        if (!scroller && past > slack)
            found.push(`${called(one)} leaves the window by ${past.toFixed(0)} px`);
        const holds = one instanceof HTMLElement && style(one).display !== 'inline' && !scrolls(one);
        const over = one.scrollWidth - one.clientWidth;
        if (holds && over > slack && !one.querySelector('.u-over'))
            found.push(`${called(one)} holds ${over} px more than it shows`);
        const frame = up(one, at => framed(at) || scrolls(at));
        if (frame && !scrolls(frame)) {
            const edge = frame.getBoundingClientRect();
            const out = Math.max(box.right - edge.right, edge.left - box.left);
            if (out > slack) found.push(`${called(one)} stands ${out.toFixed(0)} px out of ${called(frame)}`);
        }
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, one = text.parentElement;
        if (!drawn(one) || apart(one) || up(one, apart) || style(one).overflowWrap === 'anywhere') continue;
        for (const word of text.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1)
                found.push(`"${word[0]}" is broken within the word in ${called(one)}`);
        }
    }
    return found;
}"""
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"


def misfits(page: Page, widths_px: tuple[int, ...] = WIDTHS_PX) -> list[str]:
    """What leaves its frame or the window, or is cut off, in windows of these widths: `width: what`."""
    height = (page.viewport_size or {"height": 800})["height"]
    found = []
    for width in widths_px:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(SETTLED)
        found += [f"{width}: {what}" for what in page.evaluate(MISFITS)]
    return found


UNNAMED = """across => [...document.querySelectorAll(across)].filter(one => one.scrollWidth > one.clientWidth)
    .map(one => {
        one.scrollLeft = one.scrollWidth;
        const at = one.getBoundingClientRect().left;
        const firsts = [...one.querySelectorAll('caption, tr > :first-child')];
        return firsts.filter(cell => cell.getBoundingClientRect().left < at - 1).length;
    })"""


def unnamed_rows(page: Page, across: str) -> list[int]:
    """Of each wider table in `across`, scrolled to its end: how many of caption and first cells are cut."""
    found: list[int] = page.evaluate(UNNAMED, across)
    return found
