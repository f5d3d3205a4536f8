// What a page does beyond text: theme, where one is, back from a derivation, a glance at it, sorting, a lens for pictures.
// Everything works without it, only less comfortably.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const remembered = (() => { try { return localStorage.getItem("groma-theme"); } catch { return null; } })();
  if (remembered) root.dataset.theme = remembered;
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("groma-theme", root.dataset.theme); } catch { /* not remembered */ }
  });

  const here = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const fold = target && target.closest("details");
    if (fold) fold.open = true;
    const doc = (target && target.closest(".doc")) || document.querySelector(".doc");
    $(".side nav > ol > li").forEach((item) => item.classList.toggle("here", item.dataset.doc === doc.id));
    if (target && target !== doc) target.scrollIntoView();
    else if (target) scrollTo(0, 0);
  };
  addEventListener("hashchange", here);
  here();

  const back = make("button", "back", "← Back");
  back.hidden = true;
  document.body.append(back);
  back.addEventListener("click", () => { back.hidden = true; history.back(); });
  addEventListener("popstate", () => { back.hidden = true; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("main a[href^='#']");
    if (link) setTimeout(() => { back.hidden = false; }, 50);
  });

  let tip = null;
  const hide = () => { if (tip) { tip.remove(); tip = null; } };
  const show = (event) => {
    hide();
    const link = event.target.closest && event.target.closest("a.q");
    if (!link) return;
    const entry = document.getElementById((link.getAttribute("href") || "").slice(1));
    if (!entry) return;
    tip = make("div", "tip", "");
    tip.append(make("b", "", entry.querySelector("h2").textContent + ": " + entry.querySelector(".figure").textContent));
    const method = entry.querySelector(".method");
    if (method) tip.append(method.textContent);
    document.body.append(tip);
    const at = link.getBoundingClientRect();
    tip.style.left = Math.max(8, Math.min(at.left, innerWidth - tip.offsetWidth - 16)) + scrollX + "px";
    tip.style.top = (at.top > tip.offsetHeight + 12 ? at.top - tip.offsetHeight - 8 : at.bottom + 8) + scrollY + "px";
  };
  document.addEventListener("mouseover", show);
  document.addEventListener("focusin", show);
  addEventListener("scroll", hide, { passive: true });

  const key = (cell) => {
    const text = cell.textContent.trim();
    const value = parseFloat(text.replace(/[,\s\u202f\u00a0]/g, "").replace("−", "-").replace(/^[^\d.-]+/, ""));
    return Number.isNaN(value) ? text.toLowerCase() : value;
  };
  $("table").forEach((table) => {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 3) return;
    $("thead th", table).forEach((head, column) => {
      const button = make("button", "", "");
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        $("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].filter((row) => !row.classList.contains("total"));
        const totals = [...body.rows].filter((row) => row.classList.contains("total"));
        rows.sort((a, b) => {
          const [x, y] = [key(a.cells[column]), key(b.cells[column])];
          const order = typeof x === typeof y ? (x < y ? -1 : x > y ? 1 : 0) : typeof x === "number" ? -1 : 1;
          return down ? -order : order;
        });
        body.append(...rows, ...totals);
      });
    });
  });

  $("figure.diagram").forEach((figure) => {
    const button = make("button", "zoom", "Zoom");
    figure.append(button);
    button.addEventListener("click", () => {
      const svg = figure.querySelector("svg");
      const place = document.createComment("");
      const whole = svg.getAttribute("viewBox");
      svg.replaceWith(place);
      const lens = make("dialog", "lens", "");
      const close = make("button", "", "Close");
      lens.append(svg, close);
      document.body.append(lens);
      let [x, y, width, height] = whole.split(" ").map(Number);
      const set = () => svg.setAttribute("viewBox", [x, y, width, height].join(" "));
      svg.onwheel = (event) => {
        event.preventDefault();
        const factor = event.deltaY > 0 ? 1.15 : 1 / 1.15;
        const box = svg.getBoundingClientRect();
        const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
        x += width * u * (1 - factor); y += height * v * (1 - factor); width *= factor; height *= factor;
        set();
      };
      svg.onpointermove = (event) => {
        if (!event.buttons) return;
        const scale = Math.max(width / svg.clientWidth, height / svg.clientHeight);
        x -= event.movementX * scale; y -= event.movementY * scale;
        set();
      };
      close.onclick = () => lens.close();
      lens.onclose = () => {
        svg.setAttribute("viewBox", whole);
        svg.onwheel = svg.onpointermove = null;
        place.replaceWith(svg);
        lens.remove();
      };
      lens.showModal();
    });
  });

  addEventListener("beforeprint", () => $("details").forEach((fold) => { fold.open = true; }));
})();
