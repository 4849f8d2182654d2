import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Commands, stop, type LiveServer } from './live-commands.js';
import { expectAccessible, metalore, StudioBrowser } from './studio-page.js';

const PAPER = ['paper', '--policy', 'fixed:0.5,0.5'];

let folder: string;
let studio: StudioBrowser;
let server: LiveServer;
const commands = new Commands();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-live-'));
  server = await commands.startLive(path.join(folder, 'a'), PAPER);
  studio = await StudioBrowser.start();
});
afterAll(async () => {
  await studio?.stop();
  await commands.end();
  rmSync(folder, { recursive: true });
});

const open = (where: string) => studio.open('live', { at: where });
const count = (page: Page, band: string) =>
  page.getAttribute(`[data-band=${band}]`, 'data-count').then(Number);

describe('Live', () => {
  it('shows a fleet’s world, moving, with the ages that the server tells, and a proof', async () => {
    const { page, complaints } = await open(server.http);
    const fleet = ['--speed', '10', '--steps', '160', '--silence', '0.4', '--mqtt', server.mqtt];
    commands.start('fleet', 'paper', ...fleet);
    await page.waitForFunction(
      () => Number(document.querySelector('[data-testid=things]')?.textContent) >= 20,
    );
    expect(await page.textContent('[data-testid=connection]')).toBe('connected');
    const picture = () => page.getByLabel('Plan of all things').screenshot();
    const before = await picture();
    await expect.poll(async () => (await picture()).equals(before)).toBe(false);

    await page.click('[data-id="paper:sensor-2"]');
    const cell = page.locator('[data-thing="paper:sensor-2"] [data-age]').first();
    await cell.waitFor();
    const told = (await (await fetch(`${server.http}/api/2/things/paper:sensor-2/ages`)).json()) as {
      features: { position: { xM: { meanAgeS: number; peakAgeS: number } } };
    };
    const mean = Number(await page.locator('[data-mean-age]').first().getAttribute('data-mean-age'));
    expect(Math.abs(mean - told.features.position.xM.meanAgeS)).toBeLessThan(1.5);
    await page.getByRole('button', { name: 'Check its newest entry yourself' }).click();
    await page.getByText('Proved in this page').waitFor();
    await page.waitForTimeout(3000); // there must be a past
    // Two seconds ago, as known and as it was: what was measured by then is never older than what had arrived.
    const ages = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('[data-id*=sensor] .number')].map((cell) =>
          parseFloat(cell.textContent),
        ),
      );
    await page.getByLabel('Back in time').fill('2');
    await page.getByRole('button', { name: 'as it was known' }).waitFor();
    await page.waitForTimeout(1000);
    const known = await ages();
    await page.waitForTimeout(700);
    expect(await ages()).toEqual(known);
    await page.getByRole('button', { name: 'as it was', exact: true }).click();
    await page.waitForTimeout(1000);
    const was = await ages();
    expect(was.length).toBeGreaterThanOrEqual(known.length);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(was) / was.length).toBeLessThanOrEqual(sum(known) / known.length);
    await page.getByLabel('Back in time').fill('0');

    await page.getByLabel('Requests’ bandwidth ρC').fill('0.7');
    await page.getByRole('button', { name: 'Split so' }).click();
    await page.getByText('70 % of bandwidth').waitFor();
    expect(await page.textContent('[data-testid=steering]')).toContain('set by anyone');
    await page.getByRole('button', { name: 'As it was started' }).click();
    await page.getByText('50 % of bandwidth').waitFor();

    await page.getByLabel('Requests’ bandwidth ρC').fill('0.9');
    await page.getByRole('button', { name: 'What if?' }).click();
    await page.getByText('If it split by fixed:0.9,0.5 from now on').waitFor();
    const rows = await page.locator('[data-testid=futures] tbody tr').allTextContents();
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/AoSI.*worse/); // sensors would have a tenth of the bandwidth
    await page.getByRole('button', { name: 'Close' }).click();
    expect(complaints).toEqual([]);
    await expectAccessible(page);

    // Forty percent of the 15 sensors fall silent half-way, 8 s in; a deadline is 30 steps of 100 ms.
    await expect
      .poll(() => count(page, 'stale').then(async (stale) => stale + (await count(page, 'silent'))), {
        timeout: 20_000,
      })
      .toBeGreaterThanOrEqual(6);
    await page.close();
  }, 50_000);

  it('says that the server is gone, and comes back by itself', async () => {
    const own = await commands.startLive(path.join(folder, 'b'), PAPER);
    const ports = [own.mqtt, own.http].map((url) => new URL(url).port);
    const { page } = await open(own.http);
    const connection = page.getByTestId('connection');
    await connection.getByText('connected', { exact: true }).waitFor();
    await stop(own.child);
    await connection.getByText('the connection is lost').waitFor();
    await commands.startLive(path.join(folder, 'b'), PAPER, ports);
    await connection.getByText('connected', { exact: true }).waitFor();
    await page.close();
  }, 40_000);

  it('asks for a token where one is needed, and says where no server is', async () => {
    const dir = path.join(folder, 'c');
    const { token } = metalore('live', 'token', 'create', '--role', 'viewer', '--dir', dir) as {
      token: string;
    };
    const own = await commands.startLive(dir, PAPER);
    const { page } = await open(own.http);
    await page.getByText('it asks for a token').waitFor();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('connected', { exact: true }).waitFor();
    await page.close();
    const nothing = await studio.open('live');
    await nothing.page.getByText('no live sub-metaverse serves this page').waitFor();
    await nothing.page.close();
  }, 40_000);
});
