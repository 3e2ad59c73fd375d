"use strict";
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const reveal = (target) => {
    if (!target) return;
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  };
  const go = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    reveal(target);
    if (target) target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", go);
  go();
  for (const button of all("[data-fold]")) {
    button.addEventListener("click", () => {
      for (const d of all(".outline details")) {
        d.open = button.dataset.fold === "open" ? true : false;
      }
    });
  }
  for (const button of all("[data-zoom]")) {
    const box = button.closest(".drawing");
    const svg = box.querySelector("svg");
    const full = Number(svg.dataset.width);
    const ratio = svg.viewBox.baseVal.height / full;
    const root = svg.querySelector("a");
    const middle = (e) => e.getBoundingClientRect().left + e.getBoundingClientRect().width / 2;
    const resize = (width) => {
      svg.setAttribute("width", width);
      svg.setAttribute("height", width * ratio);
    };
    if (full > box.clientWidth && full < 1.5 * box.clientWidth) resize(box.clientWidth);
    else if (root) box.scrollLeft += middle(root) - middle(box);
    button.addEventListener("click", () => {
      const factor = Number(button.dataset.zoom);
      const now = svg.getBoundingClientRect().width;
      resize(factor ? Math.min(8 * full, Math.max(120, now * factor)) : box.clientWidth);
    });
  }
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const d of closed) d.open = true;
  });
  addEventListener("afterprint", () => {
    for (const d of closed) d.open = false;
  });
})();
