// Looks at pages of filia in a real browser: node check.mjs report.html [court-ID.html …]
// No console error, no request but the page itself; search, sort, filter and mask work; the keyboard alone suffices; nothing is
// wider than a phone; an Arabic page goes from right to left with ids in order; axe-core finds no serious problem. CHROMIUM names the browser where it is not /usr/bin/chromium.
import assert from "node:assert/strict";
import path from "node:path";
import { chromium } from "playwright-core";

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/** Opens a page and notes every complaint and every request. */
async function open(file, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", message => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", error => complaints.push(String(error)));
  const requests = [];
  page.on("request", request => requests.push(request.url()));
  await page.goto("file://" + path.resolve(file));
  return { page, complaints, requests, close: () => context.close() };
}

/** Waits for a condition, asked from outside: the page lets nobody evaluate text. */
async function until(condition) {
  for (const end = Date.now() + 10_000; !await condition();) {
    assert.ok(Date.now() < end, `not in ten seconds: ${condition}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Marks of direction around ids and numbers. */
const MARKS = /[\u2066\u2069]/g;

const found = page => page.textContent("#found");
const rows = page => page.locator("#list tbody tr.row");
const firstId = async page => (await rows(page).first().locator("a").textContent()).trim();
const shown = text => Number(text.match(/\d+/)[0]);

async function searchAndSort(page) {
  const all = shown(await found(page));
  const id = await firstId(page);
  await page.fill("#search", id.toUpperCase());
  assert.ok(shown(await found(page)) >= 1 && (await firstId(page)).length > 0, "an id is found in any case");
  await page.fill("#search", "no such id");
  assert.equal(shown(await found(page)), 0);
  await page.fill("#search", "");
  assert.equal(shown(await found(page)), all);
  const button = page.locator("#list thead th.n button");
  const numbers = async () => (await page.locator("#list tbody tr.row td.n").allTextContents()).map(text => text.replace(MARKS, "").replace("−", "-")).map(Number).filter(Number.isFinite);
  await button.click();
  const down = await numbers();
  assert.deepEqual(down, [...down].sort((a, b) => b - a), "the highest first");
  assert.equal(await page.locator("#list th[aria-sort]").count(), 1);
  await page.locator("#list thead button").first().click();
  const words = await page.locator("#status option").evaluateAll(options => options.map(option => option.value).filter(value => value && value !== "-"));
  for (const word of words) {
    await page.selectOption("#status", word);
    const badges = await rows(page).evaluateAll((rows, word) => rows.every(row => [...row.querySelectorAll(".badge")].some(badge => badge.dataset.status === word)), word);
    assert.ok(badges && shown(await found(page)) > 0, `filter ${word}`);
  }
  await page.selectOption("#status", "");
}

async function keyboard(page) {
  await page.focus("#search");
  for (let steps = 0; steps < 40 && !await page.evaluate(() => document.activeElement.closest("#list tbody")); steps++) await page.keyboard.press("Tab");
  const at = () => page.evaluate(() => document.activeElement.dataset.position);
  assert.equal(await at(), "0", "Tab reaches the first row");
  const all = shown(await found(page));
  for (let steps = 0; steps < Math.min(30, all - 1); steps++) await page.keyboard.press("ArrowDown");
  const last = Math.min(30, all - 1);
  assert.equal(await at(), String(last), "arrows go from row to row, past those that were made at first");
  const id = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press("Enter");
  await until(async () => await page.textContent("#detail h3") === id);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), id, "the focus is on the heading of what was opened");
}

async function mask(page) {
  const ids = await page.evaluate(() => JSON.parse(document.getElementById("data").textContent).people.map(person => person[0]).filter(id => id.length > 3));
  await page.click("#mask");
  const text = await page.evaluate(() => document.querySelector("main").innerText);
  const words = new Set(text.replace(MARKS, " ").split(/[\s,;:()=،؛]+/));
  assert.deepEqual(ids.filter(id => words.has(id)), [], "no id is left");
  assert.equal(await page.getAttribute("#mask", "aria-pressed"), "true");
  await page.click("#mask");
}

async function labels(page) {
  const unnamed = await page.evaluate(() => [...document.querySelectorAll("button, select, input, a[href], svg[role=img]")].filter(node =>
    !(node.textContent.trim() || node.getAttribute("aria-label") || node.closest("label"))).map(node => node.outerHTML));
  assert.deepEqual(unnamed, [], "every control has a name");
  assert.equal(await page.locator("thead th:not([scope])").count(), 0);
  assert.equal(await page.locator("html[lang]").count(), 1);
}

/** A page from right to left: ids, genotypes and numbers keep their order, nothing is justified, nothing is left in English. */
async function rightToLeft(page) {
  const direction = node => node.evaluate(node => getComputedStyle(node).direction);
  assert.equal(await direction(page.locator("body")), "rtl");
  assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
  const data = page.locator("main bdi:not([dir=auto])");
  assert.ok(await data.count() > 100, "ids are marked");
  const texts = page.locator("main :is(p, li, td, th, dd)");
  assert.equal(await texts.evaluateAll(nodes => nodes.filter(node => getComputedStyle(node).textAlign === "justify").length), 0, "no justified text");
  const turned = await page.locator("bdi[dir=ltr]").evaluateAll(nodes => nodes.filter(node => getComputedStyle(node).direction !== "ltr").length);
  assert.equal(turned, 0, "ids and genotypes from left to right");
  // Of a genotype the first allele stands left of the second, of a negative number the sign left of the digits.
  const places = await page.locator("#detail .call bdi").evaluateAll(cells => cells.filter(cell => cell.textContent.includes(",") && cell.textContent.length < 12).map(cell => {
    const letters = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const lefts = [];
    for (let node = letters.nextNode(); node; node = letters.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      lefts.push(range.getBoundingClientRect().left);
    }
    return lefts;
  }));
  assert.ok(places.length > 5 || await page.locator("#detail .call").count() === 0, "genotypes are shown");
  for (const lefts of places) assert.deepEqual(lefts, [...lefts].sort((a, b) => a - b), "alleles in their order");
  const first = await page.locator("#subjects-title").evaluate(node => { const range = document.createRange(); range.selectNodeContents(node); return document.querySelector("main").getBoundingClientRect().right - range.getBoundingClientRect().right; });
  assert.ok(first < 60, "headings begin where lines begin");
  const english = await page.evaluate(() => {
    const left = [];
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const look = text => {
      const words = text.replace(/\u2066[^\u2069]*\u2069/g, "").match(/[A-Za-z]{2,}/g) || [];
      if (words.some(word => !["log", "LR", "filia", "SHA"].includes(word))) left.push(text);
    };
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      if (!node.parentElement.closest("bdi, script, style, noscript, [lang=en]")) look(node.textContent);
    }
    for (const node of document.querySelectorAll("[aria-label], [placeholder]")) look(node.getAttribute("aria-label") || node.getAttribute("placeholder"));
    return left;
  });
  assert.deepEqual(english, [], "nothing is left in English");
}

/** No serious problem for those who hear the page or use it otherwise, by the rules of axe-core (which the page itself would not let in). */
async function accessible(file, colorScheme) {
  const { page, close } = await open(file, { bypassCSP: true, colorScheme });
  await page.addScriptTag({ path: "node_modules/axe-core/axe.min.js" });
  const serious = await page.evaluate(async () => (await axe.run()).violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(node => node.html)]));
  assert.deepEqual(serious, []);
  await close();
}

/** A court report: its direction, ids from left to right wherever they stand, nothing justified. */
async function courtReport(page) {
  const isArabic = await page.getAttribute("html", "lang") === "ar";
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), isArabic ? "rtl" : "ltr");
  const aligned = await page.locator("p, li, td, dd").evaluateAll(nodes => nodes.filter(node => getComputedStyle(node).textAlign === "justify").length);
  assert.equal(aligned, 0, "no justified text");
  const data = page.locator("bdi");
  assert.ok(await data.count() > 100, "ids and numbers are marked");
  const turned = await data.evaluateAll(nodes => nodes.filter(node => getComputedStyle(node).direction !== "ltr").length);
  assert.equal(turned, 0, "ids and numbers from left to right");
  const titles = await page.locator("section > h2").evaluateAll(nodes => nodes.map(node => [node.getBoundingClientRect(), document.querySelector("main").getBoundingClientRect()]));
  for (const [title, main] of titles.slice(0, 1)) assert.ok(isArabic ? main.right - title.right < 60 : title.left - main.left < 60, "headings begin where lines begin");
}

const isCourtReport = file => path.basename(file).startsWith("court-");
for (const file of process.argv.slice(2)) {
  for (const colorScheme of ["light", "dark"]) {
    const { page, complaints, requests, close } = await open(file, { colorScheme });
    if (isCourtReport(file)) {
      await courtReport(page);
    } else {
      await searchAndSort(page);
      await keyboard(page);
      if (await page.getAttribute("html", "lang") === "ar") await rightToLeft(page);
      await mask(page);
    }
    await labels(page);
    assert.deepEqual(complaints, []);
    assert.equal(requests.length, 1, requests.join("\n"));
    await close();
    await accessible(file, colorScheme);
  }
  const phone = await open(file, { viewport: { width: 390, height: 800 } });
  const width = await phone.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `${width} pixels wide on a phone`);
  await phone.close();
  console.log(`${file}: fine`);
}
await browser.close();
