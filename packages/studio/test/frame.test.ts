import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LESSONS } from '../src/lessons/lessons.js';
import { VIEW_INFO, VIEWS } from '../src/shared/views.js';
import { atStep, expectAccessible, metalore, metricsOf, StudioBrowser } from './studio-page.js';

let studio: StudioBrowser;

beforeAll(async () => {
  studio = await StudioBrowser.start();
});
afterAll(() => studio?.stop());

const question = (page: Page) => page.locator('article #question');
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** What the command that a view shows prints. */
async function shownCommand(page: Page): Promise<unknown> {
  const text = (await page.textContent('footer code.command'))!;
  const words = text.match(/[^\s']*'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ''));
  return metalore(...words.slice(1));
}

describe('the home', () => {
  it('has a card per view, each one key away, and is accessible', async () => {
    const { page, complaints } = await studio.open('');
    for (const [at, view] of VIEWS.entries()) {
      const { title, question: asks } = VIEW_INFO[view];
      expect(await page.locator(`.card[href="#${view}"]`).textContent()).toContain(title);
      await page.keyboard.press(String((at + 1) % 10));
      await question(page).getByText(asks).waitFor();
      await page.keyboard.press('h');
      await page.getByText('What do you want to know?').waitFor();
    }
    expect(complaints.filter((text) => !/api|stream|404/.test(text))).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });
});

describe('the command that a view shows', () => {
  it('gives the numbers of Watch', async () => {
    const { page } = await studio.open('watch?seed=3&at=100&run=age-aware [[0,{"ues.count":12}]]');
    await atStep(page, 100);
    const { metrics } = (await shownCommand(page)) as { metrics: Record<string, { mean: number }> };
    const shown = await metricsOf(page);
    for (const [name, value] of Object.entries(shown)) expect(value, name).toBe(metrics[name].mean);
    await page.getByRole('button', { name: 'How AoSI is computed' }).click();
    const values = (await page.getByTestId('how-values').textContent())!.replaceAll(',', '');
    const [sum, count] = values.match(/\d+/g)!.map(Number);
    expect(sum / count).toBe(shown['aosi']);
    await page.close();
  });

  it('gives the numbers of Place, Allocate and Contract', async () => {
    const { page } = await studio.open(
      'place?twins=40&spread=310&servers=600,500;1500,500;500,1500;1500,1500',
    );
    const value = (selector: string) => page.getAttribute(selector, 'data-value').then(Number);
    await page.waitForSelector('[data-method=optimal]');
    const { objectiveMs } = (await shownCommand(page)) as { objectiveMs: number };
    await expect.poll(() => value('[data-method=optimal]')).toBe(objectiveMs);
    await page.evaluate(() => (location.hash = 'allocate?devices=8&bandwidthHz=4'));
    await question(page).getByText(VIEW_INFO.allocate.question).waitFor();
    const { totalMs } = (await shownCommand(page)) as { totalMs: number };
    await expect.poll(() => value('[data-testid=total]')).toBe(totalMs);
    await page.evaluate(() => (location.hash = 'contract?scale=5'));
    await page.getByTestId('share').waitFor();
    const { utility } = (await shownCommand(page)) as { utility: number };
    expect(await value('[data-testid=utility]')).toBe(utility);
    await page.close();
  });
});

describe('lessons', () => {
  it('set the controls, stand above what they speak of, and say what is so', async () => {
    const { page, complaints } = await studio.open('');
    for (const { title, steps } of LESSONS) {
      await page.evaluate(() => (location.hash = 'home'));
      await page.getByRole('button', { name: title, exact: true }).click();
      for (const [at, step] of steps.entries()) {
        await page.getByRole('heading', { name: step.title, exact: true }).waitFor();
        await question(page).waitFor();
        const [card, frame] = await Promise.all([
          page.getByRole('region', { name: 'Lesson' }).boundingBox(),
          page.locator('article').boundingBox(),
        ]);
        expect(card!.y + card!.height, step.title).toBeLessThanOrEqual(frame!.y);
        if (at + 1 < steps.length) await page.getByRole('button', { name: 'Next', exact: true }).click();
      }
      await page.getByRole('button', { name: 'End the lesson' }).click();
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('what an operator does when AoSI rises: the numbers of its steps', async () => {
    const { page } = await studio.open('watch?at=0');
    await atStep(page, 0);
    await page.getByRole('button', { name: 'Lesson', exact: true }).click();
    await page.getByRole('button', { name: 'End the lesson' }).click();
    const ages: number[] = [];
    for (const { shows } of LESSONS.find(({ id }) => id === 'rises')!.steps) {
      await page.goto('about:blank');
      await page.goto(`${studio.url}#${shows}`);
      await atStep(page, 100);
      ages.push((await metricsOf(page))['aosi']);
    }
    const [alarm, freshest, fewer, less, rule] = ages;
    expect(alarm).toBeGreaterThan(18);
    expect(freshest).toBeLessThan(3);
    expect(fewer).toBeLessThan(2);
    expect(less).toBeCloseTo(7, 0);
    expect(rule).toBeLessThan(less);
    await page.close();
  });
});

describe('on a phone, and with larger text', () => {
  it('AoSI and the sliders are in sight at once; targets have 24 px', async () => {
    const { page } = await studio.open('watch?seed=1&at=20', { width: 390, height: 844 });
    await atStep(page, 20);
    const bottom = (await page.locator('#rho-c').boundingBox())!.y;
    expect(bottom).toBeLessThan(844);
    await page.locator('#rho-p').scrollIntoViewIfNeeded();
    await page.evaluate(() => scrollBy(0, 300));
    const aosi = (await page.locator('[data-metric=aosi]').boundingBox())!;
    expect(aosi.y).toBeGreaterThanOrEqual(0);
    expect(aosi.y).toBeLessThan(200);
    await page.close();
  });

  it('no view is wider than the screen; targets have 24 px', async () => {
    const { page } = await studio.open('', { width: 390, height: 844 });
    for (const view of VIEWS) {
      await page.evaluate((hash) => (location.hash = hash), view);
      await question(page).getByText(VIEW_INFO[view].question).waitFor();
      expect(await overflow(page), view).toBeLessThanOrEqual(0);
      const small = await page.$$eval('button, select, input:not(.visually-hidden), summary', (targets) =>
        targets
          .map((target) => [target.outerHTML.slice(0, 120), target.getBoundingClientRect()] as const)
          .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < 23.9)
          .map(([html, box]) => `${html} ${box.width} × ${box.height}`),
      );
      expect(small, view).toEqual([]);
    }
    // 1280 × 720 at 200 %
    await page.setViewportSize({ width: 640, height: 360 });
    for (const view of VIEWS) {
      await page.evaluate((hash) => (location.hash = hash), view);
      await question(page).getByText(VIEW_INFO[view].question).waitFor();
      expect(await overflow(page), `${view} at 200 %`).toBeLessThanOrEqual(0);
    }
    await page.close();
  });
});

describe('components', () => {
  /**
   * Fonts and Chromium builds differ in how they draw letters: pictures are compared at a quarter of their size, where letters
   * are grey, and 4 % of the pixels may differ. RENEW=1 npx vitest run packages/studio/test/frame.test.ts renews the baseline.
   */
  it('look as they did, in light and dark', async () => {
    const { page } = await studio.open('components', { width: 1000, height: 700 });
    await page.getByText('Components that views share').waitFor();
    await page.evaluate(() => document.fonts.ready);
    const whole = await page.screenshot({ animations: 'disabled' });
    const shrunk = await page.evaluate(async (base64) => {
      const image = await createImageBitmap(
        new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
      );
      const canvas = new OffscreenCanvas(image.width / 4, image.height / 4);
      const context = canvas.getContext('2d')!;
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return btoa(String.fromCharCode(...bytes));
    }, whole.toString('base64'));
    const file = fileURLToPath(new URL('baseline/components.png', import.meta.url));
    if (process.env['RENEW']) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, Buffer.from(shrunk, 'base64'));
    }
    const [now, before] = [PNG.sync.read(Buffer.from(shrunk, 'base64')), PNG.sync.read(readFileSync(file))];
    expect([now.width, now.height]).toEqual([before.width, before.height]);
    const differing = pixelmatch(now.data, before.data, undefined, now.width, now.height, { threshold: 0.2 });
    expect(differing / (now.width * now.height)).toBeLessThan(0.04);
    await expectAccessible(page);
    await page.close();
  });
});
