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
  for (const link of all('a[href^="#"]')) link.addEventListener("click", () => setTimeout(go));
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
    const least = box.hasAttribute("data-labelled") ? 1.5 : 4;
    if (full > box.clientWidth && full < least * box.clientWidth) resize(box.clientWidth);
    else if (root) box.scrollLeft += middle(root) - middle(box);
    button.addEventListener("click", () => {
      const factor = Number(button.dataset.zoom);
      const now = svg.getBoundingClientRect().width;
      resize(factor ? Math.min(8 * full, Math.max(120, now * factor)) : box.clientWidth);
    });
  }
  const spots = all(".drawing [data-at]");
  const folded = new Set();
  const fold = () => {
    const gone = new Set();
    for (const s of spots) {
      const up = s.dataset.up;
      if (up && (gone.has(up) || folded.has(up))) gone.add(s.dataset.at);
    }
    for (const e of all(".drawing [data-at], .drawing [data-of]")) {
      e.classList.toggle("gone", gone.has(e.dataset.at ?? e.dataset.of));
    }
  };
  for (const s of spots.filter((e) => e.classList.contains("t"))) {
    const item = document.getElementById(s.hash ? s.hash.slice(1) : s.getAttribute("href").slice(1));
    s.setAttribute("role", "button");
    s.setAttribute("aria-expanded", "true");
    const toggle = () => {
      const close = !folded.delete(s.dataset.at);
      if (close) folded.add(s.dataset.at);
      s.setAttribute("aria-expanded", String(!close));
      if (item && item.tagName === "DETAILS") item.open = !close;
      fold();
    };
    s.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      toggle();
    }, true);
    s.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      toggle();
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
