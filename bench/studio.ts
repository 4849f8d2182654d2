import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import sirv from 'sirv';

/** The built studio in Chromium, drawn in software: how it feels. */

const site = fileURLToPath(new URL('../../packages/studio/dist', import.meta.url));
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'];
const WATCHED_MS = 4000;
const INTERACTIONS = 12;

const crowd = (ues: number, sensors: number) =>
  `ues: { count: ${ues} }\nsensors: { count: ${sensors} }\narea: { widthM: 1000, heightM: 1000 }\nepisodeSteps: 100000\n`;

export default async function bench(report: (line: string) => void): Promise<void> {
  const server = createServer(sirv(site)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const executablePath =
    process.env['CHROMIUM'] ?? spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim();
  const browser = await chromium.launch({ executablePath, args: ARGS });
  report(`Chromium ${browser.version()}, 1280 × 720, software rendering, the built studio`);
  try {
    report(`first contentful paint of the home: ${await paint(browser, url)}`);
    for (const [ues, sensors] of [
      [10, 15],
      [1000, 1500],
      [10_000, 15_000],
    ] as const) {
      for (const speed of ['4 steps/s', 'as fast as it goes'])
        report(
          `${ues} users and ${sensors} sensors, ${speed}: ${await feel(browser, url, ues, sensors, speed)}`,
        );
    }
    report(`at step 100,000 of 10 users and 15 sensors: ${await back(browser, url, 100_000)}`);
  } finally {
    await browser.close();
    server.close();
  }
}

/** Median and longest first contentful paint of fresh browsers' pages, nothing kept from before. */
async function paint(browser: Browser, url: string): Promise<string> {
  const times: number[] = [];
  for (let k = 0; k < 7; k++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    times.push(
      await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime),
    );
    await context.close();
  }
  times.sort((one, other) => one - other);
  return `${times[3].toFixed(0)} ms, at most ${times[6].toFixed(0)} ms`;
}

async function open(browser: Browser, url: string, ues: number, sensors: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  const text = await page.evaluate(
    async (text) => {
      const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
      const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
      return btoa(String.fromCharCode(...bytes))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    },
    crowd(ues, sensors),
  );
  await page.goto(`${url}#watch?text=${text}&seed=1&at=0`);
  await page.waitForFunction(
    () => document.querySelector('[data-testid=step]')?.textContent === 'step 0 / 100000',
  );
  return page;
}

/** Frames and steps a second while it plays, the longest time that the page was deaf, and how soon a slider answers. */
async function feel(
  browser: Browser,
  url: string,
  ues: number,
  sensors: number,
  speed: string,
): Promise<string> {
  const page = await open(browser, url, ues, sensors);
  if (speed !== '4 steps/s') for (let k = 0; k < 9; k++) await page.keyboard.press('+');
  await page.keyboard.press('Space');
  await page.waitForFunction(
    () => !document.querySelector('[data-testid=step]')!.textContent.startsWith('step 0 /'),
  );
  const seen = await page.evaluate(
    async ([watchedMs, interactions]) => {
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const step = () => Number(/\d+/.exec(document.querySelector('[data-testid=step]')!.textContent)![0]);
      let longest = 0;
      new PerformanceObserver((list) =>
        list.getEntries().forEach(({ duration }) => (longest = Math.max(longest, duration))),
      ).observe({ entryTypes: ['longtask'] });
      const from = { step: step(), at: performance.now() };
      let frames = 0;
      while (performance.now() - from.at < watchedMs) {
        await frame();
        frames++;
      }
      const seconds = (performance.now() - from.at) / 1000;
      const rates = { frames: frames / seconds, steps: (step() - from.step) / seconds };
      const answers: number[] = [];
      const slider = document.querySelector<HTMLInputElement>('#rho-c')!;
      for (let k = 0; k < interactions; k++) {
        const pressed = performance.now();
        slider.value = String(0.3 + 0.01 * k);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
        await frame();
        answers.push(performance.now() - pressed);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      answers.sort((a, b) => a - b);
      return { ...rates, longest, typical: answers[answers.length >> 1], worst: answers.at(-1)! };
    },
    [WATCHED_MS, INTERACTIONS],
  );
  await page.close();
  return `${seen.frames.toFixed(0)} frames/s, ${seen.steps.toFixed(1)} steps/s, longest task ${seen.longest.toFixed(0)} ms, a slider is drawn after ${seen.typical.toFixed(0)} ms (worst ${seen.worst.toFixed(0)})`;
}

/** How long the way to a late step takes, and how long a step back, to the middle, and one back there. */
async function back(browser: Browser, url: string, end: number): Promise<string> {
  const page = await open(browser, url, 10, 15);
  const arrive = async (act: () => Promise<void>, step: number) => {
    const from = performance.now();
    await act();
    await page.waitForFunction(
      (wanted) => document.querySelector('[data-testid=step]')!.textContent.startsWith(`step ${wanted} /`),
      step,
      { timeout: 300_000 },
    );
    return performance.now() - from;
  };
  const there = await arrive(() => page.keyboard.press('End'), end);
  const one = await arrive(() => page.keyboard.press('ArrowLeft'), end - 1);
  const two = await arrive(() => page.keyboard.press('ArrowLeft'), end - 2);
  const middle = await arrive(
    () => page.locator('.transport input[type=range]').fill(String(end / 2)),
    end / 2,
  );
  const again = await arrive(() => page.locator('main').press('ArrowLeft'), end / 2 - 1);
  await page.close();
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return `${(there / 1000).toFixed(1)} s to come there, a step back ${ms(one)} and ${ms(two)}, to the middle ${ms(middle)}, a step back there ${ms(again)}`;
}
