import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, atStep, metalore, metricsOf, StudioBrowser } from './studio-page.js';

const site = fileURLToPath(new URL('../dist', import.meta.url));
let studio: StudioBrowser;

beforeAll(async () => {
  studio = await StudioBrowser.start();
});
afterAll(() => studio?.stop());

describe('a first visit', () => {
  it('moves, complains about nothing and asks nobody else', async () => {
    const { page, complaints, requests } = await studio.open('');
    await page.getByRole('link', { name: /^Watch 1/ }).click();
    await page.waitForFunction(
      () => Number(/\d+/.exec(document.querySelector('[data-testid=step]')?.textContent ?? '')?.[0]) >= 3,
    );
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    console.log(`first contentful paint after ${paint?.toFixed(0)} ms`);
    expect(requests.filter((url) => !url.startsWith(studio.url) && !url.startsWith('data:'))).toEqual([]);
    await page.locator('main').focus();
    await page.keyboard.press('Space');
    const step = Number(/\d+/.exec((await page.textContent('[data-testid=step]'))!)![0]);
    await page.waitForTimeout(300);
    await page.waitForFunction(() => /at=\d/.test(location.hash));
    await page.reload();
    await page.waitForFunction(
      (least) =>
        Number(/\d+/.exec(document.querySelector('[data-testid=step]')?.textContent ?? '')?.[0]) >= least,
      step,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('the numbers', () => {
  it.each([
    ['paper', 'fixed:0.37,0.42', 5, {}],
    ['paper', 'age-aware', 2, { 'ues.count': 17, 'sensors.discipline': 'freshest' }],
    ['multicell', 'queue-proportional', 3, {}],
    ['dynamic', 'random', 4, {}],
    ['edge-city', 'queue-proportional', 2, {}],
  ])(
    'after an episode of %s under %s equal those of the command line exactly',
    async (scenario, policy, seed, set) => {
      const sets = Object.entries(set).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
      const { metrics } = metalore(
        'simulate',
        scenario,
        '--policy',
        policy,
        '--seed',
        String(seed),
        '--episodes',
        '1',
        ...sets,
      ) as {
        metrics: Record<string, { mean: number }>;
      };
      const log = Object.keys(set).length > 0 ? ` ${JSON.stringify([[0, set]])}` : '';
      const steps = { dynamic: 600, multicell: 200, 'edge-city': 300 }[scenario] ?? 100;
      const query = new URLSearchParams({
        scenario,
        seed: String(seed),
        at: String(steps),
        run: policy + log,
      });
      const { page, complaints } = await studio.open(`watch?${query}`);
      await atStep(page, steps);
      expect(await metricsOf(page)).toEqual(
        Object.fromEntries(Object.entries(metrics).map(([name, { mean }]) => [name, mean])),
      );
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe('the built site', () => {
  it('works from any path of a plain web server, and is small', async () => {
    const serve = sirv(site);
    const server = createServer((request, response) => {
      request.url = request.url!.replace(/^\/some\/where/, '');
      serve(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const loaded: string[] = [];
    const page = await studio.browser.newPage();
    page.on('response', (response) =>
      loaded.push(`${response.status()} ${new URL(response.url()).pathname}`),
    );
    /** What came so far, compressed, in kB. */
    const weight = () =>
      loaded
        .map((line) => path.join(site, line.split('/some/where/')[1] || 'index.html'))
        .reduce((sum, file) => sum + gzipSync(readFileSync(file)).length / 1000, 0);
    await page.goto(`http://127.0.0.1:${port}/some/where/`, { waitUntil: 'networkidle' });
    const home = weight();
    expect(home).toBeLessThan(160);
    await page.goto(`http://127.0.0.1:${port}/some/where/#watch?at=7`);
    await atStep(page, 7);
    console.log(`first view ${home.toFixed(0)} kB compressed, with Watch ${weight().toFixed(0)} kB`);
    await page.goto(`http://127.0.0.1:${port}/some/where/#place`);
    await page.waitForSelector('[data-method=optimal]');
    expect(loaded.filter((line) => !line.startsWith('200 /some/where/'))).toEqual([]);
    await page.close();
    server.close();
  });
});

describe('accessibility', () => {
  it('axe-core finds no serious fault, light and dark, wide and on a phone', async () => {
    const { page } = await studio.open('watch?seed=1&at=20');
    await atStep(page, 20);
    for (const [width, height, colorScheme] of [
      [1280, 720, 'light'],
      [1280, 720, 'dark'],
      [390, 844, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityFaults(page), `${width} × ${height} ${colorScheme}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
    await page.close();
  });
});

describe('speed', () => {
  it('reports frames a second', async () => {
    const crowd =
      'ues: { count: 1000 }\nsensors: { count: 1500 }\narea: { widthM: 1000, heightM: 1000 }\nepisodeSteps: 1000\n';
    const { page } = await studio.open('watch?seed=1&at=1');
    await atStep(page, 1);
    const measure = async () => {
      await page.waitForFunction(() =>
        /\d+ fps/.test(document.querySelector('[data-testid=fps]')!.textContent),
      );
      await page.waitForTimeout(1500);
      return page.textContent('[data-testid=fps]');
    };
    await page.keyboard.press('Space');
    const few = await measure();
    await page.keyboard.press('e');
    await page.getByLabel('Scenario as YAML').fill(crowd);
    await page.getByRole('button', { name: 'Run it' }).click();
    await atStep(page, 2);
    const many = await measure();
    console.log(`10 UEs and 15 sensors: ${few}; 1,000 and 1,500: ${many}`);
    expect(few).toMatch(/^\d+ fps$/);
    expect(many).toMatch(/^\d+ fps$/);
    await page.close();
  });
});
