// The pictures of the README: the first page of a lively installation, light and dark, into docs/.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { openContext, startBrowser } from "./kit/browser.js";
import { Installation, until } from "./kit/program.js";
import { fill, settle } from "./kit/town.js";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const house = await Installation.start();
const { browser, stop } = await startBrowser();
try {
  const context = await openContext(browser, { viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  const walk = await settle(house, page);
  await fill(house, walk);
  await until("the calls to be counted", () => Number(house.sql("select coalesce(sum(calls), 0) from usage_hours")) >= 30, 20_000);
  enliven();
  await walk.at("/console");
  for (const [colorScheme, name] of [["light", "portal.png"], ["dark", "portal-dark.png"]]) {
    await page.emulateMedia({ colorScheme });
    const raw = `${docs}${name}.raw.png`;
    await page.screenshot({ path: raw });
    execFileSync("convert", [raw, "-strip", "+dither", "-colors", "200", "-define", "png:compression-level=9", `PNG8:${docs}${name}`]);
    rmSync(raw);
  }
} finally {
  await stop();
  await house.stop();
}

/** What a picture needs and a test does not: the same calls again, more or less often, over a day. */
function enliven() {
  house.sql(`
    with recursive back (hour) as (select 0 union all select hour + 1 from back where hour < 23)
    insert into usage_hours (hour, version_id, method, path, application_id, status, reason, calls, bytes)
    select usage_hours.hour - 3600000 * back.hour, version_id, method, path, application_id, status, reason,
      case when reason = '' then calls * (38 + (back.hour * back.hour * 7 + back.hour * 31) % 11 - abs((back.hour + 6) % 24 - 12) * 2)
        else calls * ((back.hour * length(reason) * 5 + length(reason)) % 9 + 1) end, bytes
    from usage_hours join back where true
    on conflict do update set calls = usage_hours.calls + excluded.calls`);
}
