(() => {
  // Follows a point through the tree and the proof: whole numbers and fractions, compared exactly.
  const holder = document.getElementById("box");
  if (!holder) return;
  const data = JSON.parse(holder.textContent);
  const fields = document.querySelector(".try .fields");
  const answer = document.querySelector(".try .answer");
  const point = data.start.slice();
  const STEPS = 1000n;

  const make = (tag, attributes, ...parts) => {
    const e = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    e.append(...parts);
    return e;
  };
  const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };
  const ratio = (top, bottom) => {
    const g = gcd(top, bottom) || 1n;
    return bottom < 0n ? [-top / g, -bottom / g] : [top / g, bottom / g];
  };
  const read = (text) => {
    const number = /^\s*([+-]?\d{1,60})(?:(?:\.(\d{1,60}))?(?:e([+-]?\d{1,3}))?|\s*\/\s*(\d{1,60}))\s*$/i;
    const [, whole, after = "", power = 0, under] = number.exec(text.replace("−", "-")) || [];
    if (!whole || (under && !BigInt(under))) return null;
    if (under) return ratio(BigInt(whole), BigInt(under));
    const by = BigInt(power) - BigInt(after.length);
    const digits = BigInt(whole + after);
    return by < 0n ? ratio(digits, 10n ** -by) : ratio(digits * 10n ** by, 1n);
  };
  const held = (text) => { const [a, b] = text.split("/"); return ratio(BigInt(a), BigInt(b || 1)); };
  const less = (a, b) => a[0] * b[1] < b[0] * a[1];
  const minus = (a, b) => ratio(a[0] * b[1] - b[0] * a[1], a[1] * b[1]);
  const plus = (a, b) => ratio(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
  const times = (a, b) => ratio(a[0] * b[0], a[1] * b[1]);
  const over = (a, b) => ratio(a[0] * b[1], a[1] * b[0]);
  const floor = (a) => a[0] / a[1] - (a[0] < 0n && a[0] % a[1] ? 1n : 0n);
  const show = (text) => {
    const [top, bottom] = held(text);
    for (let k = 0n, scale = 1n; k <= 12n; k += 1n, scale *= 10n) {
      if (scale % bottom) continue;
      const digits = (top < 0n ? -top : top) * (scale / bottom);
      const all = String(digits).padStart(Number(k) + 1, "0");
      const cut = all.length - Number(k);
      return (top < 0n ? "−" : "") + all.slice(0, cut) + (k ? "." + all.slice(cut) : "");
    }
    return text;
  };
  const fraction = ([top, bottom]) => (bottom === 1n ? `${top}` : `${top}/${bottom}`);

  // a number that a field may hold, as a fraction in text; or what is wrong with it
  const fitted = (v, number) => {
    const [first, last] = [held(v.first), held(v.last)];
    const above = v.step ? !less(number, first) : less(first, number);
    if (!above || less(last, number)) {
      const ends = [show(v.first), show(v.last)];
      return { wrong: v.step ? `from ${ends[0]} to ${ends[1]}` : `above ${ends[0]}, up to ${ends[1]}` };
    }
    if (v.step && over(minus(number, first), held(v.step))[1] !== 1n) {
      return { wrong: `in steps of ${show(v.step)} from ${show(v.first)}` };
    }
    return { value: fraction(number) };
  };
  const count = (v) => floor(over(minus(held(v.last), held(v.first)), held(v.step))) + 1n;
  const places = (v) => (v.step && count(v) <= STEPS ? count(v) - 1n : STEPS);
  const at = (v, k) => {
    const [first, last] = [held(v.first), held(v.last)];
    if (!v.step) return plus(first, times(minus(last, first), ratio(k + 1n, STEPS + 1n)));
    const step = held(v.step);
    const index = (k * (count(v) - 1n)) / (places(v) || 1n);
    return plus(first, times(step, [index, 1n]));
  };
  const place = (v, text) => {
    const [first, last] = [held(v.first), held(v.last)];
    if (!less(first, last)) return 0n;
    const share = over(minus(held(text), first), minus(last, first));
    const k = floor(times(share, [v.step ? places(v) : STEPS + 1n, 1n]));
    return v.step ? k : k > 0n ? k - 1n : 0n;
  };

  const goesLeft = (test, value) => {
    const v = data.variables[test[0]];
    if (v.labels) return Boolean((BigInt(test[1]) >> BigInt(value)) & 1n);
    return !less(held(test[1]), held(value));
  };
  const walk = (nodes) => {
    const seen = [];
    let here = 0;
    while (nodes[here].length > 3) {
      const left = goesLeft(nodes[here], point[nodes[here][0]]);
      seen.push([here, left]);
      here = nodes[here][left ? 2 : 3];
    }
    return { seen, end: here, node: nodes[here] };
  };
  const pill = (status) => make("span", { class: `pill s-${status}` }, status);
  const link = (id, ...parts) =>
    document.getElementById(id) ? make("a", { href: `#${id}` }, ...parts) : make("span", {}, ...parts);

  const cellWords = (end) => {
    if (typeof end === "object") {
      const parts = Object.entries(end).map(([status, n]) => `${n} ${status}`);
      return ["open", `of the cells of the proof around this point are ${parts.join(", ")}: in which of them it is, the page does not hold`, "not held"];
    }
    const [status, words] = data.proof.says[end];
    const drawn = data.sampled && !["proved", "enumerated"].includes(status);
    const more = drawn ? "; points of it were drawn for the sample, which tells of all that is open together and of no single point" : "";
    return [drawn ? "sampled" : status, words + more, drawn ? "sampled" : status];
  };

  const tell = () => {
    answer.replaceChildren();
    if (fields.querySelector("[aria-invalid=true]")) {
      answer.append(make("p", {}, "Some of the values are none of the domain's."));
      return;
    }
    if (data.given && !walk(data.given).node[0]) {
      answer.append(make("p", {}, "This combination of values is impossible in the domain: nothing is claimed of it."));
      return;
    }
    if (data.tree) {
      const { seen, end, node } = walk(data.tree);
      answer.append(make("p", { class: "says" }, "The tree answers ", link(`leaf-${end}`, make("strong", {}, `class ${node[0]}`)), ` at leaf ${end} `, pill(node[1])));
      const list = make("ol", { class: "way", "aria-label": "The tree's path" });
      for (const [place, left] of seen) {
        const test = data.tree[place];
        list.append(make("li", {}, link(`node-${place}`, data.variables[test[0]].name), ` ${test[left ? 4 : 5]}`));
      }
      if (seen.length) answer.append(list);
    }
    const end = walk(data.proof.nodes).node[0];
    const [status, words, shown] = cellWords(end);
    const mark = make("span", { class: `pill s-${status}` }, shown);
    const klass = typeof end === "object" ? null : data.proof.says[end][2];
    const agrees = klass === null || !data.tree ? null : klass === walk(data.tree).node[0];
    answer.append(make("p", { class: "cell" }, "Its cell of the proof is ", mark, `: ${words}.`));
    if (agrees !== null) {
      answer.append(make("p", {}, "So model and tree ", make("strong", {}, agrees ? "agree" : "differ"), " at this point."));
    }
    if (data.found.some((p) => p.every((value, i) => value === point[i]))) {
      answer.append(make("p", {}, "This point is one of those listed: the kernel evaluated it exactly, and ", make("a", { href: "#counterexamples" }, "here is what it found"), "."));
    }
  };

  const listed = (v, i) => {
    const id = `box-${i}`;
    const set = (value) => { point[i] = value; tell(); };
    if (!v.ordered) {
      const box = make("select", { id }, ...v.labels.map((label, k) => make("option", { value: k }, label)));
      box.value = point[i];
      box.addEventListener("change", () => set(Number(box.value)));
      return [box];
    }
    const slider = make("input", { id, type: "range", min: 0, max: v.labels.length - 1, step: 1 });
    const shown = make("output", { for: id });
    const say = () => {
      shown.textContent = v.labels[slider.value];
      slider.setAttribute("aria-valuetext", v.labels[slider.value]);
    };
    slider.value = point[i];
    say();
    slider.addEventListener("input", () => { say(); set(Number(slider.value)); });
    return [slider, shown];
  };
  const measured = (v, i) => {
    const text = make("input", { id: `box-${i}`, type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false" });
    const slider = make("input", { type: "range", min: 0, max: places(v), step: 1, "aria-label": `${v.name}, by a slider` });
    const wrong = make("span", { class: "wrong", id: `box-${i}-wrong` });
    text.setAttribute("aria-describedby", wrong.id);
    text.value = show(point[i]).replace("−", "-");
    slider.value = place(v, point[i]);
    const take = (number, typed) => {
      const found = number ? fitted(v, number) : { wrong: "a number, as 1.5, 3/2 or 2e6" };
      wrong.textContent = found.wrong ? `give ${found.wrong}` : "";
      text.setAttribute("aria-invalid", String(Boolean(found.wrong)));
      if (!found.wrong) {
        point[i] = found.value;
        if (typed) slider.value = place(v, found.value);
        else text.value = show(found.value).replace("−", "-");
      }
      tell();
    };
    text.addEventListener("input", () => take(read(text.value), true));
    slider.addEventListener("input", () => take(at(v, BigInt(slider.value)), false));
    return [text, slider, wrong];
  };
  data.variables.forEach((v, i) => {
    const label = make("label", { for: `box-${i}` }, v.name);
    fields.append(make("div", { class: "field" }, label, ...(v.labels ? listed(v, i) : measured(v, i))));
  });
  tell();
})();
