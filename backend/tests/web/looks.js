// Looks at a page as it is drawn: {faint, outside, broken}, each a list of what was found.
() => {
  const numbersIn = (text) => text.match(/rgba?\([^)]*\)/g)?.map((one) => one.match(/[\d.]+/g).map(Number)) ?? [];
  const isSolid = ([, , , alpha = 1]) => alpha === 1;
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  // What is behind an element: one colour, or all those of a gradient.
  const behind = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const style = getComputedStyle(up);
      const gradient = numbersIn(style.backgroundImage);
      if (gradient.length) return gradient;
      const [colour] = numbersIn(style.backgroundColor);
      if (isSolid(colour)) return [colour];
    }
    return [[255, 255, 255]];
  };
  // A colour as it is seen: what shines through it mixes with it.
  const seen = (element, [red, green, blue, alpha = 1], below) => {
    let share = alpha;
    for (let up = element; up; up = up.parentElement) share *= Number(getComputedStyle(up).opacity);
    return [red, green, blue].map((part, place) => share * part + (1 - share) * below[place]);
  };
  const say = (element, what) => `${what}: ${element.outerHTML.slice(0, 90)}`;

  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    if (element.closest(".unseen, .skip, option, title")) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const [ink] = numbersIn(style.color);
    const worst = Math.min(...behind(element).map((colour) => contrast(seen(element, ink, colour), colour)));
    if (worst < (isLarge ? 3 : 4.5)) faint.push(say(element, worst.toFixed(2)));
  }

  // Words that fit on a line and yet end on the next one: somebody was given too little room.
  const broken = [];
  const said = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (said.nextNode()) {
    const node = said.currentNode;
    if (node.parentElement.closest(".unseen, code, pre, option") || !node.parentElement.checkVisibility()) continue;
    for (const word of node.textContent.matchAll(/(?<!\S)[\p{L}\p{N}.,]{2,14}(?!\S)/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].map((each) => Math.round(each.top)));
      if (tops.size > 1) broken.push(say(node.parentElement, word[0]));
    }
  }

  const focused = document.activeElement;
  if (focused.matches(":focus-visible:not(main)")) {
    const style = getComputedStyle(focused);
    const [ring] = numbersIn(style.outlineColor);
    const worst = Math.min(...behind(focused.parentElement).map((colour) => contrast(ring, colour)));
    if (style.outlineStyle === "none" || worst < 3) faint.push(say(focused, `its ring ${worst.toFixed(2)}`));
  }

  // What scrolls or is cut short by itself may be wider inside.
  const isHeld = (element) => {
    for (let up = element.parentElement; up; up = up.parentElement) {
      if (/auto|scroll|hidden/.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const width = document.documentElement.clientWidth;
  const outside = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (element.matches(".unseen, .unseen *") || !box.width || !element.checkVisibility() || isHeld(element)) continue;
    if (box.left < -0.5 || box.right > width + 0.5) outside.push(say(element, `${box.left} to ${box.right}`));
  }
  if (document.documentElement.scrollWidth > width) outside.push(`the page is ${document.documentElement.scrollWidth} wide`);
  return { faint, outside, broken };
}
