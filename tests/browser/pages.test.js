// Every page, light and dark, wide and narrow: axe-core finds no violation, nothing scrolls sideways, headings are in order.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { desktop, narrow, openContext, startBrowser, watch } from "./kit/browser.js";
import { empty, inside, outside } from "./kit/pages.js";
import { Installation } from "./kit/program.js";
import { fill, settle } from "./kit/town.js";
import { Walk } from "./kit/walk.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const looks = [
  { name: "light, wide", colorScheme: "light", viewport: desktop },
  { name: "dark, wide", colorScheme: "dark", viewport: desktop },
  { name: "light, narrow", colorScheme: "light", viewport: narrow },
  { name: "dark, narrow", colorScheme: "dark", viewport: narrow },
];

let house, chromium, walk, stranger, town;
const titles = new Map();

before(async () => {
  house = await Installation.start();
  chromium = await startBrowser();
  // Only here is the policy put aside, because axe is a script that the policy rightly refuses; what the policy says of
  // our own pages is watched in the whole path and below.
  const open = async () => new Walk(house, await (await openContext(chromium.browser, { bypassCSP: true, reducedMotion: "reduce" })).newPage());
  [walk, stranger] = [await open(), await open()];
});

after(async () => {
  await chromium?.stop();
  await house?.stop();
});

/** Looks at the page that is open now in every look, and says what is wrong. */
async function examine(page, name) {
  const faults = [];
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize(look.viewport);
    const found = await page.evaluate(async ([axe, rules]) => {
      if (!window.axe) window.eval(axe);
      const { violations } = await window.axe.run({ runOnly: rules });
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`));
    }, [axe, rules]);
    faults.push(...found.map((fault) => `${look.name}: ${fault}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) faults.push(`${look.name}: the page scrolls sideways by ${wide} px`);
  }
  await page.setViewportSize(desktop);
  const { title, levels } = await page.evaluate(() => ({
    title: document.title,
    levels: [...document.querySelectorAll("h1, h2, h3, h4")].filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.tagName[1])),
  }));
  if (!title.endsWith(" · Gatewright")) faults.push(`the title is ${title}`);
  if (/eyJ|gw_/.test(title + page.url().replace(/\/(set-up\/gw_set|sign-in\/gw_sil)_/, ""))) faults.push(`a secret stands in ${title} or ${page.url()}`);
  if (levels.filter((level) => level === 1).length !== 1) faults.push(`headings of level 1: ${levels}`);
  titles.set(name, title);
  assert.deepEqual(faults, []);
}

async function examineAll(t, pages, visit) {
  for (const [name, go] of Object.entries(pages)) {
    await t.test(name, async () => {
      await go(visit());
      await examine(visit().walk.page, name);
    });
  }
}

test("the set-up page", async () => {
  await stranger.page.goto(house.setUpLink);
  await examine(stranger.page, "set-up");
  await stranger.press("Make the first operator").catch(() => {});
  await stranger.at("/sign-in");
  await stranger.sees("Nobody can sign in yet.");
  await examine(stranger.page, "sign-in of a fresh installation");
});

test("an installation without anything", async (t) => {
  const settled = await settle(house, walk.page);
  assert.ok(settled);
  await examineAll(t, empty, () => ({ walk }));
});

test("the console", async (t) => {
  town = await fill(house, walk);
  walk.town = town;
  await examineAll(t, inside, () => ({ walk, town }));
});

test("outside the console", (t) => examineAll(t, outside, () => ({ walk: stranger, town })));

test("every asset comes from us, the policy blocks nothing, and the console stays silent", async (t) => {
  const context = await openContext(chromium.browser, { storageState: await walk.page.context().storageState() });
  const watched = watch(context, [house.portal]);
  const strict = new Walk(house, await context.newPage());
  strict.town = town;
  for (const [name, go] of Object.entries(inside)) {
    await go({ walk: strict, town });
    assert.deepEqual(watched, { foreign: [], violations: [], errors: [] }, name);
  }
  const answer = await strict.page.request.get(`${house.portal}/console`);
  const policy = answer.headers()["content-security-policy"];
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.ok(!/unsafe-inline|unsafe-eval|https?:/.test(policy), policy);
  await context.close();
});

test("no two kinds of page have the same title", () => {
  const same = ["register an API", "api", "version, published", "issue a token", "keys", "inspector", "audit", "usage", "settings", "gateways"];
  assert.equal(new Set(same.map((name) => titles.get(name))).size, same.length);
});
