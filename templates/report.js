"use strict";
// Makes the list, one child or body at a time, the heat map and the drawings out of the data that the page holds.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const isIdentify = data.kind === "identify";
const one = isIdentify ? "body" : "child";
const $ = id => document.getElementById(id);

// ---- elements ----
const SVG = "http://www.w3.org/2000/svg";
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") Object.entries(value).forEach(([event, act]) => node.addEventListener(event, act));
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// ---- texts: the messages of the language, and what is put in, be it a text or elements ----
const FORMS = ["zero", "one", "two", "few", "many", "other"];
const plural = new Intl.PluralRules(data.texts.language);
// Ids and numbers keep their order from left to right where all else goes the other way.
const isolated = text => document.dir === "rtl" ? `\u2066${text}\u2069` : String(text);
function parts(key, values = {}) {
  const message = data.texts.messages[key];
  const text = Array.isArray(message) ? message[FORMS.indexOf(plural.select(values.count))] : message;
  return text.split(/\{\$(\w+)\}/).map((part, at) => at % 2 === 0 ? part : typeof values[part] === "number" ? isolated(values[part]) : values[part]);
}
const say = (key, values) => parts(key, values).join("");
// What the language calls a word of the tables.
const called = word => data.texts.words[word] || isolated(word);
const [comma, semicolon] = [say("script-comma") + " ", say("script-semicolon") + " "];
const listed = ids => ids.flatMap((at, order) => order ? [comma, idOf(at)] : [idOf(at)]);

function table(heads, rows, caption) {
  const head = heads.map(([text, isNumber]) => el("th", { scope: "col", class: isNumber && "n" }, text));
  return el("table", { class: "plain" }, caption && el("caption", {}, caption), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
}

// ---- people, by name or alias ----
const [ID, SEX, PART, CALLS] = [0, 1, 2, 3];
const LETTERS = { child: "K", candidate: "A", corpse: "A", body: "B", missing: "M", relative: "R" };
const counts = {};
const aliases = data.people.map(person => {
  const letter = LETTERS[person[PART]];
  counts[letter] = (counts[letter] || 0) + 1;
  return letter + counts[letter];
});
let masked = false;
const name = at => masked ? aliases[at] : data.people[at][ID];
const idOf = at => el("bdi", { class: "id", dir: "ltr" }, name(at));
const nameText = at => isolated(name(at));
const callsOf = at => data.people[at][CALLS] ? data.people[at][CALLS].split("|") : null;
const typedLoci = at => { const calls = callsOf(at); return calls ? calls.filter(call => call !== "-").length : null; };

// ---- numbers for people ----
const value = number => number === "-inf" ? -Infinity : number;
function lr(number) {
  const is = value(number);
  if (is === null || is === undefined) return "–";
  return isolated(is === -Infinity ? "−∞" : is.toFixed(2).replace("-", "−"));
}
function probability(number) {
  if (number === null || number === undefined) return "–";
  if (number === 0 || number === 1) return isolated(number);
  if (number > 0.9999) return say("number-more-than", { number: 0.9999 });
  return number < 0.0001 ? say("number-less-than", { number: 0.0001 }) : isolated(number.toFixed(4));
}
const badge = word => el("span", { class: "badge", "data-status": word }, called(word));

// ---- pairs by subject ----
// Both kinds of run become: { person, lr, posterior, family, error, rank, rivals, compared, inconsistent, flags, loci }.
const pairsOf = new Map();
for (const pair of data.pairs) {
  const [subject, person] = pair;
  const row = isIdentify
    ? { person, family: pair[2], lr: pair[3], posterior: pair[4], error: pair[5], compared: pair[6] }
    : { person, rank: pair[2], lr: pair[3], posterior: pair[4], rivals: pair[5], compared: pair[6], inconsistent: pair[7], flags: pair[8], loci: pair[9] };
  if (!pairsOf.has(subject)) pairsOf.set(subject, []);
  pairsOf.get(subject).push(row);
}
if (isIdentify) for (const rows of pairsOf.values()) rows.sort((a, b) => b.posterior - a.posterior || value(b.lr) - value(a.lr));
const couplesOf = new Map();
for (const couple of data.couples || []) {
  if (!couplesOf.has(couple[0])) couplesOf.set(couple[0], []);
  couplesOf.get(couple[0]).push(couple);
}
const RANKS = ["established", "probable", "disputed", "stated", "undecidable", "none in the lists", "not asked"];
const subjects = data.subjects.map(([at, places], order) => {
  const pairs = pairsOf.get(at) || [];
  const lrs = pairs.map(pair => value(pair.lr)).filter(number => number !== null);
  const surest = Math.min(...places.map(place => RANKS.indexOf(place[0])), 9);
  return { at, places, order, pairs, best: lrs.length ? Math.max(...lrs) : null, surest };
});

// ---- the list: rows are made as they come into view ----
const HEIGHT = 52;
const columns = [{ key: "id", title: say(isIdentify ? "part-body" : "part-child"), by: row => row.order }];
data.places.forEach((place, at) => columns.push({
  key: "place" + at, title: place, by: row => RANKS.indexOf(row.places[at][0]) - (row.places[at][2] || 0) / 2,
}));
if (!data.places.length) columns.push({ key: "first", title: say("script-best-candidate"), by: row => row.pairs.length ? row.pairs[0].person : 1e9 });
columns.push({ key: "best", title: say("log-lr"), isNumber: true, by: row => row.best === null ? 1e9 : -row.best });
let shown = subjects.slice();
let sort = { column: columns[0], down: false };
let current = null;
const list = $("list");
const body = el("tbody");
const heads = columns.map(column => el("th", { scope: "col", class: column.isNumber && "n" },
  el("button", { type: "button", on: { click: () => sortBy(column) } }, column.title)));
list.append(el("table", { "aria-label": say(isIdentify ? "page-bodies" : "page-children") }, el("thead", {}, el("tr", {}, heads)), body));

function placeCell(place) {
  if (!place) return el("td", {}, "–");
  const [word, person, chance] = place;
  return el("td", {}, badge(word), el("br"), person === null ? el("span", { class: "soft" }, "–")
    : [idOf(person), chance === null || word === "stated" || word === "established" ? "" : el("span", { class: "soft" }, " " + probability(chance))]);
}
function rowOf(row, position) {
  const cells = data.places.map((_, at) => placeCell(row.places[at]));
  if (!data.places.length) cells.push(el("td", {}, row.pairs.length ? idOf(row.pairs[0].person) : "–"));
  const link = el("a", { href: "#" + one + "-" + row.order, "data-position": position }, idOf(row.at));
  return el("tr", { class: "row", "aria-rowindex": position + 2, "aria-current": row === current && "true", on: { click: event => { if (event.target.tagName !== "A") open(row, false); } } },
    el("th", { scope: "row" }, link), cells, el("td", { class: "n" }, row.best === null ? "–" : lr(row.best)));
}
const gap = height => el("tr", { class: "gap", "aria-hidden": "true" }, el("td", { colspan: columns.length }));
let drawn = [-1, -1];
function render(force, all) {
  const height = list.clientHeight || 600;
  const first = all ? 0 : Math.max(0, Math.floor(list.scrollTop / HEIGHT) - 8);
  const last = all ? shown.length : Math.min(shown.length, Math.ceil((list.scrollTop + height) / HEIGHT) + 8);
  if (!force && first === drawn[0] && last === drawn[1]) return;
  drawn = [first, last];
  const focused = document.activeElement && body.contains(document.activeElement) ? document.activeElement.dataset.position : null;
  const [above, below] = [gap(), gap()];
  above.firstChild.style.height = first * HEIGHT + "px";
  below.firstChild.style.height = (shown.length - last) * HEIGHT + "px";
  body.replaceChildren(above, ...shown.slice(first, last).map((row, at) => rowOf(row, first + at)), below);
  list.firstChild.setAttribute("aria-rowcount", shown.length + 1);
  if (focused !== null) focusRow(Number(focused), false);
}
function focusRow(position, move) {
  if (position < 0 || position >= shown.length) return;
  if (move) {
    const top = position * HEIGHT;
    if (top < list.scrollTop) list.scrollTop = top;
    if (top + 2 * HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + 2 * HEIGHT - list.clientHeight;
    render(false);
  }
  const link = body.querySelector(`a[data-position="${position}"]`);
  if (link) link.focus({ preventScroll: true });
}
list.addEventListener("scroll", () => requestAnimationFrame(() => render(false)), { passive: true });
list.addEventListener("keydown", event => {
  const at = event.target.dataset && event.target.dataset.position;
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
  if (at === undefined || !step) return;
  event.preventDefault();
  focusRow(Math.max(0, Math.min(shown.length - 1, Number(at) + step)), true);
});
function sortBy(column) {
  sort = { column, down: sort.column === column && !sort.down };
  refresh();
}

// ---- search and filter ----
const choice = $("status");
const words = [...new Set(subjects.flatMap(row => row.places.map(place => place[0])))].sort((a, b) => RANKS.indexOf(a) - RANKS.indexOf(b));
choice.append(el("option", { value: "" }, say("script-any")), ...words.map(word => el("option", { value: word }, called(word))),
  el("option", { value: "-" }, say("script-no-candidate-listed")));
const peopleOf = row => [row.at, ...row.pairs.map(pair => pair.person), ...row.places.map(place => place[1]).filter(at => at !== null)];
function refresh() {
  const wanted = $("search").value.trim().toLowerCase();
  const word = choice.value;
  shown = subjects.filter(row => (!wanted || peopleOf(row).some(at => name(at).toLowerCase().includes(wanted)))
    && (!word || (word === "-" ? !row.pairs.length : row.places.some(place => place[0] === word))));
  const { column, down } = sort;
  shown.sort((a, b) => (column.by(a) - column.by(b)) * (down ? -1 : 1) || a.order - b.order);
  heads.forEach((head, at) => columns[at] === column ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort"));
  $("found").textContent = say(isIdentify ? "script-found-bodies" : "script-found-children", { shown: shown.length, count: subjects.length });
  list.scrollTop = 0;
  render(true);
}
$("search").addEventListener("input", refresh);
choice.addEventListener("change", refresh);

// ---- drawings ----
// Squares are men, circles women, diamonds people of unknown sex; shaded: typed; a dashed outline: not known who; a slash: dead (remains).
const isDead = at => ["corpse", "body"].includes(data.people[at][PART]);
function draw(width, height, people, lines, title) {
  const symbol = person => {
    const [x, y] = [person.x, person.y];
    const style = "symbol" + (person.isTyped ? " typed" : "") + (person.isUnknown ? " unknown" : "");
    const shape = person.sex === "male" ? svg("rect", { x: x - 17, y: y - 17, width: 34, height: 34, class: style })
      : person.sex === "female" ? svg("circle", { cx: x, cy: y, r: 18, class: style })
      : svg("path", { d: `M${x} ${y - 20}L${x + 20} ${y}L${x} ${y + 20}L${x - 20} ${y}Z`, class: style });
    const slash = person.isDead && svg("line", { x1: x - 24, y1: y + 24, x2: x + 24, y2: y - 24, class: "slash" });
    const texts = [person.inside && svg("text", { x, y: y + 5 }, person.inside), svg("text", { x, y: y + 36 }, person.short),
      person.sub && svg("text", { x, y: y + 51, class: "sub" }, person.sub)];
    return [svg("title", {}, person.isDead ? say("script-dead", { person: person.label }) : person.label), shape, slash, texts];
  };
  return svg("svg", { class: "draw", role: "img", "aria-label": title, viewBox: `0 0 ${width} ${height}`, width, height },
    lines.map(([x1, y1, x2, y2]) => svg("line", { x1, y1, x2, y2 })), people.map(person => svg("g", {}, symbol(person))));
}
const short = text => text.length > 16 ? text.slice(0, 15) + "…" : text;
const labels = at => ({ label: nameText(at), short: isolated(short(name(at))) });
const known = (at, x, y, sub) => ({ ...labels(at), x, y, sex: data.people[at][SEX], isTyped: true, isDead: isDead(at), sub });
const nobody = (sex, x, y) => ({ x, y, sex, label: say("script-not-known"), short: say("script-not-known"), isUnknown: true, inside: "?" });
function trio(row) {
  const parents = row.places.map((place, at) => {
    const [x, sex] = [[90, 250][at], ["male", "female"][at]];
    return place[1] === null ? nobody(sex, x, 40) : known(place[1], x, 40, called(place[0]));
  });
  const said = parents.map((person, at) => say("script-place", { place: data.places[at], person: person.label })).join(semicolon);
  return draw(340, 225, [...parents, known(row.at, 170, 160, null)], [[90, 40, 250, 40], [170, 40, 170, 160]], say("script-drawing-best", { parents: said }));
}
// The pair as the relationship that was asked about.
function related(row, person) {
  const title = say("script-drawing-related", { person: nameText(person), child: nameText(row.at), relation: called(data.relationship) });
  const down = (x, from, to) => [x, from, x, to];
  switch (data.relationship) {
    case "full-sibling": return draw(340, 225, [nobody("male", 90, 40), nobody("female", 250, 40), known(row.at, 110, 160), known(person, 230, 160)],
      [[90, 40, 250, 40], down(170, 40, 105), [110, 105, 230, 105], down(110, 105, 160), down(230, 105, 160)], title);
    case "half-sibling": return draw(340, 225, [nobody("unknown", 170, 40), known(row.at, 90, 160), known(person, 250, 160)],
      [down(170, 40, 105), [90, 105, 250, 105], down(90, 105, 160), down(250, 105, 160)], title);
    case "grandparent": return draw(340, 335, [known(person, 170, 40), nobody("unknown", 170, 150), known(row.at, 170, 270)], [down(170, 40, 270)], title);
    case "avuncular": return draw(340, 335, [nobody("unknown", 170, 40), nobody("unknown", 90, 150), known(person, 250, 150), known(row.at, 90, 270)],
      [down(170, 40, 100), [90, 100, 250, 100], down(90, 100, 270), down(250, 100, 150)], title);
    default: return null;
  }
}
// A family; with a body in the place of a missing person, where the run names the one as the other.
function familyDrawing(family, body, missing) {
  if (!family[6]) return null;
  const [width, height, people, lines] = family[6];
  const drawnPeople = people.map(([at, sex, x, y, isTyped, isMissing]) => body !== undefined && at === missing
    ? { ...known(body, x, y, say("script-as", { missing: nameText(at) })), sex }
    : { ...labels(at), x, y, sex, isTyped, inside: isMissing ? "?" : null, sub: isMissing ? say("script-missing") : null });
  const id = isolated(familyName(family));
  return draw(width, height, drawnPeople, lines, body === undefined ? say("script-drawing-family", { family: id })
    : say("script-drawing-family-as", { family: id, body: nameText(body), missing: nameText(missing) }));
}
const familyName = family => masked ? "F" + (data.families.indexOf(family) + 1) : family[0];

// ---- one child or body ----
const flagged = flags => flags ? flags.split(";").map(flag => el("span", { class: "warn" }, called(flag))) : [];
function bar(number, most, oneSided) {
  const is = value(number);
  if (is === null || is === undefined) return null;
  const share = Math.min(1, Math.abs(is === -Infinity ? most : is) / (most || 1)) * (oneSided ? 100 : 50);
  return el("span", { class: oneSided ? "both one" : "both", "aria-hidden": "true" }, el("span", { class: is < 0 ? "minus" : "plus", "data-share": share.toFixed(1) }));
}
// Widths are set on the elements: a style attribute in text would need leave for every page.
function size(node) {
  for (const span of node.querySelectorAll("[data-share]")) {
    span.style.width = span.dataset.share + "%";
    const start = span.parentNode.classList.contains("one") ? "0" : "50%";
    span.style[span.classList.contains("minus") ? "right" : "left"] = start;
  }
  return node;
}
function elseOf(pair) {
  if (!pair.rivals) return [];
  const [other, kind, best, bestLr] = pair.rivals;
  const said = [];
  if (best && best !== data.relationship) said.push(el("span", { class: "warn" }, say("script-fits-better", { relation: called(best), log: lr(bestLr) })));
  if (other !== null && other >= 0.0001) said.push(el("span", {}, say(kind ? "script-another-relative-as" : "script-another-relative", { relation: called(kind), probability: probability(other) })));
  return said;
}
const joined = parts => parts.flatMap((part, at) => at ? [" · ", part] : [part]);
// A line below a row of so many columns, where there is something to say.
const remark = (parts, columns) => parts.length ? el("tr", { class: "remark" }, el("td", { colspan: columns }, joined(parts))) : null;
function candidates(row) {
  const most = Math.max(1, ...row.pairs.map(pair => Math.abs(value(pair.lr)) || 0).filter(Number.isFinite));
  const heads = [[say(isIdentify ? "missing-person" : "part-candidate")], [say("log-lr"), true], [""], [say("script-posterior"), true]];
  heads.push([say("script-loci"), true], [say(isIdentify ? "family" : "script-inconsistent"), !isIdentify]);
  const oneSided = row.pairs.every(pair => !(value(pair.lr) < 0));
  const rows = row.pairs.slice(0, 50).map(pair => [el("tr", { class: "ranked" },
    el("th", { scope: "row" }, idOf(pair.person), el("div", { class: "soft" }, called(data.people[pair.person][SEX]))),
    el("td", { class: "n" }, lr(pair.lr)), el("td", {}, bar(pair.lr, most, oneSided)), el("td", { class: "n" }, probability(pair.posterior)),
    el("td", { class: "n" }, pair.compared === null ? "–" : pair.compared),
    isIdentify ? el("td", {}, pair.family === null ? "–" : el("bdi", {}, familyName(data.families[pair.family])))
      : el("td", { class: pair.inconsistent ? "n warn" : "n" }, pair.inconsistent)), remark([...elseOf(pair), ...flagged(pair.flags)], 6)]);
  return table(heads, rows, say(isIdentify ? "script-ranked-missing" : "script-ranked-candidates"));
}
const COUPLES = 5;
function couples(row) {
  const all = couplesOf.get(row.at) || [];
  const rows = all.slice(0, COUPLES).map(([, father, mother, score, posterior, compared, inconsistent, flags]) => [el("tr", { class: "ranked" },
    el("th", { scope: "row" }, parts("script-two", { first: idOf(father), second: idOf(mother) })), el("td", { class: "n" }, lr(score)), el("td", { class: "n" }, probability(posterior)),
    el("td", { class: "n" }, say("script-of", { part: inconsistent, all: compared }))), remark(flagged(flags), 4)]);
  const shownCouples = table([[say("script-father-and-mother")], [say("log-lr"), true], [say("script-posterior"), true], [say("script-inconsistent-loci"), true]], rows, say("script-ranked-couples"));
  const more = all.length - rows.length;
  return rows.length ? [shownCouples, more > 0 && el("p", { class: "small" }, say("script-more-couples", { count: more, file: isolated("couples.csv") }))] : null;
}
const alleles = call => call === "-" ? [] : call.split(",");
function callCell(call, other) {
  if (call === "-") return el("td", { class: "soft" }, say("script-no-result"));
  const shown = alleles(call).map(allele => other && other.includes(allele) ? el("mark", {}, allele) : allele);
  return el("td", { class: "call" }, el("bdi", { dir: "ltr" }, shown.flatMap((part, at) => at ? [", ", part] : [part])));
}
function loci(row, pair) {
  const mine = callsOf(row.at);
  if (!data.loci.length || !mine) return el("p", { class: "soft" }, say("script-no-genotypes"));
  const [numbers, inconsistent, parent] = pair.loci || ["", [], null];
  const lrs = numbers ? numbers.split(" ").map(number => number === "-inf" ? -Infinity : Number(number)) : [];
  const beside = isIdentify ? relativesOf(pair) : [pair.person];
  const parents = parent === null ? [] : [parent];
  const all = [...parents, ...beside].filter(at => callsOf(at));
  const most = Math.max(1, ...lrs.map(Math.abs).filter(Number.isFinite));
  const steps = new Map(inconsistent);
  const rows = data.loci.map((locus, at) => {
    const others = all.map(person => callsOf(person)[at]);
    const shared = others.flatMap(alleles);
    const note = !steps.has(at) ? "" : steps.get(at) === null ? say("script-locus-inconsistent") : say("script-locus-steps", { count: steps.get(at) });
    return el("tr", {}, el("th", { scope: "row" }, el("bdi", { dir: "ltr" }, locus)), callCell(mine[at], shared), others.map(call => callCell(call, alleles(mine[at]))),
      lrs.length ? [el("td", { class: "n" }, lr(lrs[at])), el("td", {}, bar(lrs[at], most)), el("td", { class: "warn" }, note)] : null);
  });
  const heads = [[say("locus")], [idOf(row.at)], ...all.map(at => [idOf(at)])];
  if (lrs.length) heads.push([say("log-lr"), true], [""], [""]);
  return [table(heads, rows), el("p", { class: "small" }, say("script-marked"), " ", say(lrs.length ? "script-sum" : "script-no-sum"))];
}
function relativesOf(pair) {
  const family = pair.family === null ? null : data.families[pair.family];
  return family && family[6] ? family[6][2].filter(person => person[4]).map(person => person[0]) : [];
}
let compared = 0;
function detail(focus) {
  const article = $("detail");
  const row = current;
  if (!row) { article.replaceChildren(el("p", { class: "soft" }, say(isIdentify ? "script-choose-body" : "script-choose-child"))); return; }
  const title = el("h3", { tabindex: "-1" }, idOf(row.at));
  const calls = typedLoci(row.at);
  const facts = [data.people[row.at][SEX] === "unknown" ? "" : called(data.people[row.at][SEX]), calls === null ? "" : say("script-typed-loci", { count: calls })];
  const places = row.places.map((place, at) => el("p", { class: "facts" }, parts("script-place", { place: data.places[at], person: badge(place[0]) }), " ",
    place[1] === null ? "" : idOf(place[1]), place[2] === null || place[1] === null ? "" : ` ${probability(place[2])}`,
    place[3] === null ? "" : el("span", { class: "soft" }, place[1] === null ? "" : semicolon, say("script-nobody", { probability: probability(place[3]) }))));
  const samples = (data.groups || []).filter(group => group[0][0] === row.at && !group[3]).flatMap(group => group[0].slice(1));
  const also = samples.length && el("p", { class: "facts" }, parts("script-same-person", { samples: listed(samples) }));
  const content = [title, el("p", { class: "soft facts" }, facts.filter(Boolean).join(" · ")), also, places];
  const pair = row.pairs[compared] || row.pairs[0];
  const drawing = () => isIdentify ? (pair && pair.family !== null ? familyDrawing(data.families[pair.family], row.places[0][1] === pair.person ? row.at : undefined, pair.person) : null)
    : row.places.length ? trio(row) : pair ? related(row, pair.person) : null;
  content.push(drawing());
  if (!pair) content.push(el("p", {}, say(isIdentify ? "script-no-missing" : "script-no-candidate")));
  else {
    const select = el("select", { on: { change: event => { compared = Number(event.target.value); detail(false); $("compare").focus(); } }, id: "compare" },
      row.pairs.slice(0, 50).map((pair, at) => el("option", { value: at, selected: pair === row.pairs[compared] }, nameText(pair.person))));
    content.push(candidates(row), couples(row), el("h3", {}, say("script-locus-by-locus")), el("p", {}, el("label", {}, say("script-compare"), " ", select)), loci(row, pair));
  }
  if (isIdentify) content.push(ofFamily(row));
  article.replaceChildren(...content.flat(3).filter(Boolean));
  for (const node of article.querySelectorAll("table")) {
    const around = el("div", { class: "scroll" });
    node.replaceWith(around);
    around.append(node);
  }
  size(article);
  if (focus) { title.focus({ preventScroll: true }); if (article.getBoundingClientRect().top > innerHeight * 0.6 || article.getBoundingClientRect().top < 0) article.scrollIntoView(); }
}
function ofFamily(row) {
  const rows = data.of_family.filter(entry => entry[0] === row.at && entry[2] >= 0.0001).map(([, family, chance]) => el("tr", {},
    el("th", { scope: "row" }, family === null ? say("script-none-of-them") : el("bdi", {}, familyName(data.families[family]))), el("td", { class: "n" }, probability(chance))));
  return rows.length ? table([[say("family")], [say("script-of-family"), true]], rows, say("script-by-family")) : null;
}
function open(row, focus) {
  current = row;
  compared = 0;
  history.replaceState(null, "", "#" + one + "-" + row.order);
  render(true);
  detail(focus);
}
function follow(focus) {
  const found = /^#(?:child|body)-(\d+)$/.exec(location.hash);
  if (found && subjects[found[1]]) open(subjects[found[1]], focus);
  return Boolean(found);
}
addEventListener("hashchange", () => follow(true));
list.addEventListener("click", event => {
  const link = event.target.closest("a");
  if (link && link.hash === location.hash) { event.preventDefault(); follow(true); }
});

// ---- the heat map of small cases ----
function heat() {
  const figure = $("heat");
  const best = new Map();
  subjects.forEach((row, order) => row.pairs.forEach(pair => {
    const is = value(pair.lr);
    if (is !== null && is > 0 && (!best.has(pair.person) || best.get(pair.person)[0] < is)) best.set(pair.person, [is, order]);
  }));
  const across = [...best.keys()].sort((a, b) => best.get(a)[1] - best.get(b)[1] || a - b);
  if (!across.length || subjects.length > 200 || across.length > 400) return;
  const cell = Math.max(5, Math.min(18, Math.floor(1160 / across.length)));
  const tall = Math.max(5, Math.min(18, Math.floor(700 / subjects.length)));
  const isRtl = document.dir === "rtl";
  const position = new Map(across.map((at, order) => [at, isRtl ? across.length - 1 - order : order]));
  const [width, height] = [across.length * cell, subjects.length * tall];
  const cells = subjects.flatMap((row, y) => row.pairs.filter(pair => position.has(pair.person) && value(pair.lr) > 0).map(pair =>
    svg("rect", { class: "cell", x: position.get(pair.person) * cell, y: y * tall, width: cell - 1, height: tall - 1, opacity: (0.12 + 0.88 * Math.min(1, value(pair.lr) / 8)).toFixed(2),
      on: { click: () => { open(row, true); } } }, svg("title", {}, say("script-heat-cell", { subject: nameText(row.at), person: nameText(pair.person), log: lr(pair.lr) })))));
  figure.querySelector("div").replaceChildren(svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": say(isIdentify ? "script-heat-bodies" : "script-heat-children", { count: subjects.length, across: across.length }) },
    svg("rect", { class: "ground", width, height }), cells));
  figure.hidden = false;
}

// ---- the other parts ----
function others() {
  const nobodyTwice = el("p", {}, say("script-no-samples-of-one"));
  if (!isIdentify) {
    const rows = data.direct.map(([a, b, score, compared, different, contradiction]) => el("tr", {}, el("th", { scope: "row" }, parts("script-two", { first: idOf(a), second: idOf(b) })),
      el("td", { class: "n" }, lr(score)), el("td", { class: "n" }, say("script-of", { part: different, all: compared })),
      el("td", { class: "warn" }, contradiction && say("script-records-differ", { columns: isolated(contradiction) }))));
    $("direct-list").replaceChildren(rows.length ? table([[say("script-samples")], [say("log-lr"), true], [say("script-loci-that-differ"), true], [""]], rows) : nobodyTwice);
    return;
  }
  const groups = data.groups.map(([samples, score, contradictory, apart]) => el("tr", {}, el("th", { scope: "row" }, listed(samples)),
    el("td", { class: "n" }, lr(score)), el("td", {}, el("bdi", { dir: "ltr" }, contradictory)), el("td", { class: "warn" }, apart && say("script-kept-apart", { reason: apart }))));
  $("direct-list").replaceChildren(groups.length ? table([[say("script-samples")], [say("log-lr"), true], [say("script-contradictory-loci")], [""]], groups) : nobodyTwice);
  $("families-list").replaceChildren(...data.families.map(family => {
    const [, missing, typed, exclusion, expected, contradiction] = family;
    const warning = contradiction && el("p", { class: "warn" }, say(contradiction === "mutation" ? "script-family-mutation" : "script-family-contradiction"));
    return el("div", { class: "family" }, el("h3", {}, el("bdi", {}, familyName(family))), el("p", {}, parts("script-family", { count: typed, missing: listed(missing) }),
      el("span", { class: "soft" }, semicolon, say("script-family-power", { exclusion: probability(exclusion), log: lr(expected) }))), warning, familyDrawing(family));
  }));
  const rows = data.answers.map(([rank, posterior, score, pairs]) => el("tr", {}, el("th", { scope: "row" }, rank), el("td", { class: "n" }, probability(posterior)), el("td", { class: "n" }, lr(score)),
    el("td", {}, pairs.length ? pairs.flatMap(([at, person], order) => [order ? comma : "", idOf(at), " = ", idOf(person)]) : say("script-nobody-is-anyone"))));
  $("answers-list").replaceChildren(el("div", { class: "scroll" }, table([[say("script-rank")], [say("script-posterior"), true], [say("log-lr"), true], [say("script-who")]], rows)));
}
function everything() {
  refresh();
  detail(false);
  heat();
  others();
}

// ---- tools ----
$("mask").addEventListener("click", () => {
  masked = !masked;
  $("mask").setAttribute("aria-pressed", String(masked));
  document.body.classList.toggle("masked", masked);
  $("search").value = "";
  everything();
});
$("print").addEventListener("click", () => print());
addEventListener("beforeprint", () => { if (shown.length <= 500) render(true, true); });
addEventListener("afterprint", () => render(true));
document.querySelectorAll(".tools, .filters").forEach(node => { node.hidden = false; });
everything();
if (!location.hash.startsWith("#" + one + "-") && subjects.length) { current = subjects[0]; render(true); detail(false); }
if (follow(false)) $("detail").scrollIntoView();
})();
