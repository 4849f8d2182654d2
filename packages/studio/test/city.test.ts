import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, atStep, metalore, metricsOf, StudioBrowser } from './studio-page.js';

let studio: StudioBrowser;
let folder: string;
let run: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-city-'));
  run = path.join(folder, 'city');
  const short = ['--episodes', '1', '--steps', '200', '--sensors', '60'];
  metalore('city', '--methods', 'guarded', '--policy', 'reserved', ...short, '--out', run);
  studio = await StudioBrowser.start([run]);
});
afterAll(async () => {
  await studio?.stop();
  rmSync(folder, { recursive: true });
});

describe('a city', () => {
  it('of a served run is watched: its regions, the ages by place, the numbers of the command line', async () => {
    const policy = 'queue-proportional';
    const { page: first } = await studio.open(`watch?run=${policy}`);
    await first.locator('option', { hasText: 'city/guarded' }).waitFor({ state: 'attached' });
    await first
      .locator('aside label', { hasText: 'Scenario' })
      .locator('select')
      .selectOption({ label: 'city/guarded' });
    await first.getByLabel('Map of 60 users, 60 sensors and 4 base stations').waitFor();
    // the link holds the whole city, regions and all
    await first.waitForFunction(() => /text=/.test(location.hash) && /at=\d/.test(location.hash));
    const link = new URL(first.url()).hash.slice(1).replace(/at=\d+/, 'at=200');
    await first.close();
    const { page, complaints } = await studio.open(link);
    await atStep(page, 200);
    const { metrics } = metalore(
      ...['simulate', path.join(run, 'guarded'), '--policy', policy, '--episodes', '1', '--seed', '1'],
    ) as { metrics: Record<string, { mean: number }> };
    expect(await metricsOf(page)).toEqual(
      Object.fromEntries(Object.entries(metrics).map(([name, { mean }]) => [name, mean])),
    );
    const picture = () => page.locator('canvas').first().screenshot();
    const before = await picture();
    await page.getByLabel('age of sensor data by place').check();
    await page.getByText(/darkest: [\d.]+ steps/).waitFor();
    expect((await picture()).equals(before)).toBe(false);
    await page.screenshot({ path: process.env['CITY_SCREENSHOT'] ?? path.join(folder, 'city.png') });
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('whose requests need models shows what is resident at each server', async () => {
    const { page, complaints } = await studio.open('watch?scenario=edge-city&seed=2&at=120');
    await atStep(page, 120);
    // base stations come after the devices in the round of `[`
    const models = page.getByTestId('models');
    await page.locator('main').focus();
    await page.keyboard.press('[');
    await models.waitFor();
    expect(await models.textContent()).toMatch(
      /Its GPU: [\d.]+ of 80\.0 GB.* \d+ requests in the cloud\. Resident:\s+\d+ UniFormer-S, .*\d+ CLIP/s,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });
});
