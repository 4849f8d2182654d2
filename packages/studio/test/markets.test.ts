import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { expectAccessible, metalore, StudioBrowser } from './studio-page.js';

let studio: StudioBrowser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-markets-'));
  studio = await StudioBrowser.start();
});
afterAll(async () => {
  await studio?.stop();
  rmSync(folder, { recursive: true });
});

/** The number behind what the page shows. */
const number = (page: Page, id: string) =>
  page.getAttribute(`[data-testid=${id}]`, 'data-value').then(Number);

describe('Auction', () => {
  it('has the command line’s numbers, and no bid that pays but where the mechanism is broken', async () => {
    const { page, complaints } = await studio.open('auction?vehicles=8&seed=4');
    await page.waitForSelector('[data-testid=winner]');
    const shown = (await page.textContent('footer code.command'))!;
    const command = shown.replace(/^metalore /, '').split(' ');
    const { winner, price, surplus } = metalore(...command) as {
      winner: number;
      price: number;
      surplus: { total: number };
    };
    expect(await number(page, 'winner')).toBe(winner);
    expect(await number(page, 'price')).toBe(price);
    expect(await number(page, 'surplus')).toBe(surplus.total);
    for (const vehicle of [winner, (winner + 1) % 8]) {
      await page.getByRole('button', { name: new RegExp(`^Vehicle ${vehicle},`) }).press('Enter');
      const honest = await number(page, 'utility');
      for (const bid of ['0', '0.5', '1.5', '3']) {
        await page.getByLabel('You bid', { exact: true }).fill(bid);
        expect(await number(page, 'utility')).toBeLessThanOrEqual(honest + 1e-9);
      }
    }
    await page.getByLabel('Mechanism').selectOption('first-score');
    await page.getByRole('button', { name: 'Tell the truth' }).click();
    await page.getByRole('button', { name: / wins$/ }).press(' ');
    const honest = await number(page, 'utility');
    await page.getByLabel('You bid', { exact: true }).fill('0.95');
    expect(await number(page, 'utility')).toBeGreaterThan(honest);
    await page.getByText('here a lie pays').waitFor();
    await page.waitForFunction(() => location.hash.includes('mechanism=first-score'));
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });
});

describe('Contract', () => {
  it('has the command line’s numbers for every menu, and shows what a chain thinks', async () => {
    const { page, complaints } = await studio.open('contract?scale=5');
    await page.waitForSelector('[data-testid=utility]');
    const state = ['contract-reference', '--set', 'value.scale=5'];
    for (const method of ['optimal', 'linear', 'full-information']) {
      const { utility } = metalore('contract', ...state, '--method', method) as { utility: number };
      expect(Number(await page.getAttribute(`[data-method=${method}]`, 'data-value'))).toBe(utility);
    }
    const run = path.join(folder, 'chain');
    const config = path.join(folder, 'chain.yaml');
    writeFileSync(config, 'netArch: [16]\nlearningStarts: 640\nlogInterval: 640\ncriticWarmup: 10\n');
    metalore('train', 'contract', '--algo', 'diffusion', '--steps', '1920', '--config', config, '--out', run);
    await page.setInputFiles('[data-testid=policy]', path.join(run, 'policy.json'));
    await page.getByRole('heading', { name: 'Menu by diffusion' }).waitFor();
    const { utility } = metalore('contract', ...state, '--policy', run) as { utility: number };
    expect(await number(page, 'utility')).toBe(utility);
    expect(await page.locator('circle.trail').count()).toBe(4 * 6);
    writeFileSync(path.join(folder, 'other.json'), '{"format": "none"}');
    await page.setInputFiles('[data-testid=policy]', path.join(folder, 'other.json'));
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'one-item' }).click();
    await page.getByLabel('Efficiency of type 0').fill('1.5');
    await page.waitForFunction(() => location.hash.includes('efficiency=1.5'));
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });
});

describe('Providers', () => {
  it('ends at the command line’s numbers, lets one play, and flashes what crashes', async () => {
    const { page, complaints } = await studio.open('providers?sides=crash-avoid,prophet&tasks=60');
    await page.waitForSelector('[data-side=prophet]');
    const shown = (await page.textContent('footer code.command'))!;
    await page.getByRole('button', { name: 'To the end' }).click();
    await page.getByText('All tasks are decided.').waitFor();
    const command = shown.replace(/^metalore /, '').replace(/ --policy .*/, '');
    const { bound } = metalore(...command.split(' ')) as { bound: { crashFree: number } };
    for (const name of ['crash-avoid', 'prophet']) {
      const { reward } = metalore(...command.split(' '), '--policy', name) as { reward: number };
      const value = Number(await page.getAttribute(`[data-side=${name}]`, 'data-value'));
      expect(value).toBe(reward);
      expect(value).toBeLessThanOrEqual(bound.crashFree + 1e-9);
    }
    await page.getByRole('combobox', { name: /^Left/ }).selectOption('you');
    for (let task = 0; task < 10; task++) {
      await page
        .getByRole('region', { name: 'Played by you' })
        .getByRole('button', { name: /^Provider 0,/ })
        .click();
      if (await page.locator('.crashed').count()) break;
    }
    await page.getByText(/Provider 0 crashed: −?-?\d/).waitFor();
    expect(Number(await page.getAttribute('[data-side=you]', 'data-value'))).toBeLessThan(0);
    await page.waitForFunction(() => location.hash.includes('tasks=60'));
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });
});
