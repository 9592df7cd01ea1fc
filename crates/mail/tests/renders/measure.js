// Measures each mail of the page, which is in a frame of its own, and writes a line about it.
"use strict";

const channels = (colour) => colour.match(/[\d.]+/g).map(Number);

// WCAG 2.2, "relative luminance" and "contrast ratio".
function luminance(colour) {
  const [red, green, blue] = channels(colour)
    .slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function ground(element, style) {
  for (let at = element; at; at = at.parentElement) {
    const colour = style(at).backgroundColor;
    const [, , , alpha = 1] = channels(colour);
    if (alpha === 1) return colour;
  }
  return "rgb(255, 255, 255)";
}

function weakestContrast(frame) {
  const style = (element) => frame.contentWindow.getComputedStyle(element);
  const walker = frame.contentDocument.createTreeWalker(frame.contentDocument.body, NodeFilter.SHOW_TEXT);
  let weakest = 21;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const seen = walker.currentNode.data.trim() && element.getClientRects().length > 0;
    if (seen) weakest = Math.min(weakest, contrast(style(element).color, ground(element, style)));
  }
  return weakest;
}

function measured(frame) {
  const page = frame.contentDocument;
  frame.style.height = `${page.documentElement.scrollHeight}px`;
  const edges = [...page.querySelectorAll("*")].map((element) => element.getBoundingClientRect().right);
  const pictures = [...page.images].filter((image) => image.naturalWidth > 0);
  const loaded = frame.contentWindow.performance.getEntriesByType("resource");
  return {
    name: frame.title,
    right: Math.max(page.documentElement.scrollWidth, ...edges),
    contrast: weakestContrast(frame),
    ground: luminance(frame.contentWindow.getComputedStyle(page.body).backgroundColor),
    pictures: pictures.length,
    loaded: loaded.length,
  };
}

addEventListener("load", () => {
  const report = [...document.querySelectorAll("iframe")].map(measured);
  document.querySelector("#report").textContent = JSON.stringify(report);
});
