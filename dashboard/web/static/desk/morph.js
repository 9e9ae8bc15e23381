// Makes `live` look like `fresh` in place, so that focus, scroll position and selection stay where they are.
// What scripts drew inside an element with data-chart stays as well.
export function morph(live, fresh) {
  for (const { name } of [...live.attributes]) {
    if (!fresh.hasAttribute(name)) live.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (live.getAttribute(name) !== value) live.setAttribute(name, value);
  }
  if (live.dataset.chart === undefined) children(live, fresh);
}

function children(live, fresh) {
  const wanted = [...fresh.childNodes];
  wanted.forEach((node, place) => {
    const old = live.childNodes[place];
    if (old === undefined) live.append(document.importNode(node, true));
    else if (!alike(old, node)) old.replaceWith(document.importNode(node, true));
    else if (node.nodeType === Node.ELEMENT_NODE) morph(old, node);
    else if (old.data !== node.data) old.data = node.data;
  });
  while (live.childNodes.length > wanted.length) live.lastChild.remove();
}

function alike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id ?? "") === (other.id ?? "");
}
