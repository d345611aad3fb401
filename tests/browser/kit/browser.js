// Debian's Chromium, each time with a profile of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=en",
];

export const desktop = { width: 1280, height: 860 };
export const narrow = { width: 390, height: 844 };

export async function startBrowser() {
  const home = mkdtempSync(join(tmpdir(), "gatewright-chromium-"));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({
    executablePath, args: flags, headless: true, env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  return {
    browser,
    stop: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A context in English and UTC, with what it is asked for. */
export async function openContext(browser, options = {}) {
  const context = await browser.newContext({ viewport: desktop, locale: "en-GB", timezoneId: "UTC", ...options });
  context.setDefaultTimeout(8_000);
  return context;
}

/** Notes everything that a page of ours must never do: talk to another host, break its own policy, fail in the console. */
export function watch(context, origins) {
  const seen = { foreign: [], violations: [], errors: [] };
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && !origins.includes(origin)) seen.foreign.push(request.url());
  });
  context.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    const text = `${message.text()} at ${message.location().url}`;
    if (/Content Security Policy|Trusted/i.test(text)) seen.violations.push(text);
    // A page that answers 4xx on purpose is reported by the browser as a failed load; that is no fault of the page.
    else if (!/^Failed to load resource: the server responded with a status of 4\d\d/.test(text)) seen.errors.push(text);
  });
  context.on("weberror", (error) => seen.errors.push(String(error.error())));
  return seen;
}
