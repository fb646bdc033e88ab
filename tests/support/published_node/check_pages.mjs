// Reads {"chromium": path, "pages": [address, ...], "widths": [pixels, ...]} from standard input. Opens each page at each
// width in Debian's Chromium and prints what axe-core finds, which requests left the host, what the console said, and
// whether the page is wider than the window.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { chromium, pages, widths } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
const found = [];
try {
  for (const address of pages) {
    for (const width of widths) {
      const page = await browser.newPage();
      await page.setViewport({ width, height: 900 });
      await page.setBypassCSP(true); // for axe's own script; the console is read in a window of its own below
      const elsewhere = [];
      page.on("request", (request) => {
        if (new URL(request.url()).host !== new URL(address).host) elsewhere.push(request.url());
      });
      const answer = await page.goto(address, { waitUntil: "load" });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await page.close();
      const plain = await browser.newPage();
      const said = [];
      plain.on("console", (message) => said.push(message.text()));
      plain.on("pageerror", (error) => said.push(String(error)));
      await plain.goto(address, { waitUntil: "load" });
      await plain.close();
      found.push({
        address,
        width,
        status: answer.status(),
        violations: violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 200)) })),
        elsewhere,
        said,
        overflow,
      });
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(found));
