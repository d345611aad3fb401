// A picture of every page, light and dark, wide and narrow: node pictures.js DIRECTORY [part of a name]
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { desktop, narrow, openContext, startBrowser } from "./kit/browser.js";
import { empty, inside, outside } from "./kit/pages.js";
import { Installation } from "./kit/program.js";
import { fill, settle } from "./kit/town.js";
import { Walk } from "./kit/walk.js";

const [directory, wanted = ""] = process.argv.slice(2);
if (!directory) throw new Error("say which directory the pictures go to");
mkdirSync(directory, { recursive: true });

const house = await Installation.start();
const { browser, stop } = await startBrowser();
try {
  const context = await openContext(browser, { reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(house.setUpLink);
  await shoot(page, "set-up");
  const walk = await settle(house, page);
  await shootAll(empty, { walk });
  const town = await fill(house, walk);
  walk.town = town;
  await shootAll(inside, { walk, town });
  const stranger = await openContext(browser, { reducedMotion: "reduce" });
  const strange = new Walk(house, await stranger.newPage());
  await shootAll(outside, { walk: strange, town });
} finally {
  await stop();
  await house.stop();
}

async function shootAll(pages, visit) {
  for (const [name, go] of Object.entries(pages)) {
    if (!name.includes(wanted)) continue;
    try {
      await go(visit);
      await shoot(visit.walk.page, name);
    } catch (error) {
      console.error(`${name}: ${error.message.split("\n")[0]}`);
    }
  }
}

async function shoot(page, name) {
  for (const [theme, size, viewport] of [["light", "wide", desktop], ["dark", "wide", desktop], ["light", "narrow", narrow], ["dark", "narrow", narrow]]) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(directory, `${name.replaceAll(/[ ,]+/g, "-")}.${size}.${theme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(desktop);
}
