import { mkdtempSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cityDocument, parsePartitionInstance, solvePartition } from '@metalore/core/partition';
import { drawInstance, solveOptimal } from '@metalore/core/urllc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, metalore, StudioBrowser } from './studio-page.js';

let studio: StudioBrowser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-views-'));
  const run = path.join(folder, 'grid');
  metalore(
    'sweep',
    'paper',
    '--episodes',
    '2',
    '--out',
    run,
    '--axis',
    'rhoC=0.2,0.4',
    '--axis',
    'rhoP=0.3,0.5',
  );
  const trained = path.join(folder, 'trained');
  const options = path.join(folder, 'options.yaml');
  writeFileSync(options, 'numEnvs: 4\nnSteps: 50\nbatchSize: 100\n');
  const training = ['--steps', '400', '--config', options, '--episodes', '2'];
  metalore('train', 'paper', '--eta', '0.5', ...training, '--out', trained);
  const judged = path.join(folder, 'judged');
  metalore('simulate', '--policy', trained, '--episodes', '3', '--out', judged);
  studio = await StudioBrowser.start([judged, run]);
});
afterAll(async () => {
  await studio?.stop();
  rmSync(folder, { recursive: true });
});

describe('a policy of a served run', () => {
  it('is offered in Watch, and stands in a link by its run and contents', async () => {
    const { page, complaints } = await studio.open('watch?seed=2');
    const policy = page.getByTestId('policy');
    await policy.locator('option', { hasText: 'judged/policy.json' }).waitFor({ state: 'attached' });
    await policy.selectOption({ label: 'judged/policy.json' });
    await page.waitForFunction(() => /served=[0-9a-f]{16}\+judged/.test(location.hash));
    const link = page.url();
    const { page: other, complaints: others } = await studio.open('watch');
    await other.goto(link);
    await other.waitForFunction(
      () =>
        document.querySelector<HTMLSelectElement>('[data-testid=policy]')?.value ===
        'file:judged/policy.json',
    );
    expect(await other.getByRole('alert').count()).toBe(0);
    // The same name with other contents is another policy. Opened anew: the page still writes its own link at this moment.
    await other.goto('about:blank');
    await other.goto(link.replace(/served=[0-9a-f]{4}/, 'served=0000'));
    await other
      .getByRole('alert')
      .getByText(/other contents/)
      .waitFor();
    expect([...complaints, ...others]).toEqual([]);
    await page.close();
    await other.close();
  });
});

describe('Compare', () => {
  it('opens a served sweep, brushes a plane, and shows just these rows; a policy has its picture', async () => {
    const { page, complaints } = await studio.open('compare');
    await page.getByText('7 of 7 rows').waitFor();
    await page.getByLabel('judged/episodes.parquet').uncheck();
    await page.getByText('4 of 4 rows').waitFor();
    expect(await page.locator('figure svg').count()).toBe(2);
    const plot = (await page.locator('figure svg').first().boundingBox())!;
    await page.mouse.move(plot.x + 60, plot.y + 5);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width - 5, plot.y + plot.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.getByText(/^[1-3] of 4 rows/).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const rows = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    expect(rows[0]).toMatch(/^table,rhoC,rhoP,aosi/);
    expect(rows.length - 1).toBe(Number(/^\d/.exec((await page.getByText(/of 4 rows/).textContent())!)![0]));
    const [svg] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'SVG' }).first().click(),
    ]);
    expect(readFileSync(await svg.path(), 'utf8')).toMatch(/^<svg [^]*AoSI \[steps\]/);
    const [png] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'PNG' }).first().click(),
    ]);
    expect(
      readFileSync(await png.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    await page.getByLabel('Bandwidth for users, ρC over').waitFor();
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });

  it('opens a file of one’s own, and refuses what is not a table', async () => {
    const { page } = await studio.open('compare');
    const put = (name: string, text: string) =>
      page.setInputFiles('[data-testid=tables]', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByText('7 of 7 rows').waitFor();
    await page.getByLabel('judged/episodes.parquet').uncheck();
    await page.getByLabel('grid/sweep.parquet').uncheck();
    await put('mine.csv', 'aosi,aori,served\n1,2,0.5\n3,4,0.6\n<b>,1,1\n');
    await page.getByText('3 of 3 rows').waitFor();
    const means = page.getByRole('region', { name: 'Means' });
    expect(await means.textContent()).toMatch(/1\.00 … 4\.00.*3 rows/);
    await put('notes.txt', 'hello');
    await page.getByText('notes.txt: is no table; accepted: .parquet, .csv').waitFor();
    await put('repeated.csv', 'episode,aosi,aori,served\n0,1,2,0.5\n1,3,4,0.6\n');
    await page.getByText('2 repetitions').waitFor();
    await put('broken.parquet', 'PAR1 this is not one');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/not a readable table/);
    await page.close();
  });
});

describe('Place', () => {
  it('shows the methods’ objectives as core computes them, and follows a server that is moved', async () => {
    const { page, complaints } = await studio.open('place');
    const value = (method: string) => page.getAttribute(`[data-method=${method}]`, 'data-value').then(Number);
    await page.waitForSelector('[data-method=optimal]');
    const problem = parsePartitionInstance(cityDocument());
    for (const method of ['snr', 'guarded'] as const) {
      const expected = solvePartition(problem, { method, lowerBound: false }).objectiveMs;
      expect(await value(method)).toBeCloseTo(expected, 9);
    }
    const before = await value('snr');
    await page.getByRole('button', { name: /^1 500, 500/ }).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForFunction(
      (old) => Number(document.querySelector('[data-method=snr]')?.getAttribute('data-value')) !== old,
      before,
    );
    expect(await value('optimal')).toBeLessThan(await value('snr'));
    await page.waitForFunction(() => location.hash.includes('servers=600'));
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });

  it('reads sites, and refuses broken ones with line and column', async () => {
    const { page } = await studio.open('place');
    const put = (text: string) =>
      page.setInputFiles('[data-testid=instance]', {
        name: 'sites.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(text),
      });
    await page.waitForSelector('[data-method=optimal]');
    await put('SITE,LATITUDE,LONGITUDE\na,-37.815,144.97\nb,-37.81,144.96\nc,-37.82,144.955\n');
    await page.getByLabel('Zone of 3 servers, cut by Optimal').waitFor();
    await put('SITE,LATITUDE,LONGITUDE\na,north,144.97\n');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/sites\.csv:2: latitude "north"/);
    await page.close();
  });
});

describe('Allocate', () => {
  it('shows the optimum as core computes it, and says which limit cannot be kept', async () => {
    const { page, complaints } = await studio.open('allocate?devices=8&bandwidthHz=4');
    const total = () => page.getAttribute('[data-testid=total]', 'data-value').then(Number);
    await page.waitForFunction(() =>
      document.querySelector('[data-testid=total]')?.getAttribute('data-value'),
    );
    const instance = drawInstance({ seed: 1, devices: 8, bandwidthHz: 4e6, taskBytes: 1350 });
    expect(Math.abs((await total()) / solveOptimal(instance).totalMs - 1)).toBeLessThan(1e-4);
    await page.getByLabel('Bandwidth', { exact: true }).fill('1');
    await page.getByLabel('Deadline', { exact: true }).fill('0.5');
    await page.getByText('No allocation keeps every limit.').waitFor();
    expect(await page.textContent('[data-testid=total]')).toBe('– ms');
    await page.getByLabel('Deadline', { exact: true }).fill('20');
    await page.getByText('No allocation keeps every limit.').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });
});
