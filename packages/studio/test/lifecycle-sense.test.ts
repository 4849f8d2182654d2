import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, metalore, StudioBrowser } from './studio-page.js';

let studio: StudioBrowser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-sense-'));
  studio = await StudioBrowser.start();
});
afterAll(async () => {
  await studio?.stop();
  rmSync(folder, { recursive: true });
});

/** What the command that a view shows prints. */
async function shownCommand(page: Page): Promise<unknown> {
  const text = (await page.textContent('footer code.command'))!;
  const words = text.match(/[^\s']*'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ''));
  return metalore(...words.slice(1));
}

const number = (page: Page, selector: string) => page.getAttribute(selector, 'data-value').then(Number);

describe('Sense', () => {
  it('does not take the address back when one leaves as something changes', async () => {
    const { page } = await studio.open('sense');
    await page.waitForSelector('[data-testid=worst]');
    await page.evaluate(() => {
      const buttons = [...document.querySelectorAll('button')];
      buttons.find(({ textContent }) => textContent === 'middle')!.click();
      location.hash = 'contract';
    });
    await page.waitForSelector('nav a[aria-current=page] >> text=Contract', { timeout: 5000 });
    await page.close();
  });

  it('has the command line’s numbers, shows ghosts, and loses them by the exact scan or by more antennas', async () => {
    const { page, complaints } = await studio.open('sense?seed=3');
    await page.waitForSelector('[data-testid=worst]');
    const expectEqual = async () => {
      const { errorsDeg } = (await shownCommand(page)) as { errorsDeg: number[] };
      for (const [source, error] of errorsDeg.entries()) {
        // a maximum is flat: what two engines' cosines differ by in the last digit moves it by the root of that
        expect(await number(page, `[data-source="${source}"]`)).toBeCloseTo(error, 6);
      }
    };
    await expectEqual();
    expect(await number(page, '[data-testid=worst]')).toBeGreaterThan(3);
    await page.getByText('every direction θ has a ghost').waitFor();
    await page.getByLabel('Scan').selectOption('exact');
    expect(await number(page, '[data-testid=worst]')).toBeLessThan(2);
    await expectEqual();
    await page.getByLabel('Scan').selectOption('fresnel');
    await page.getByRole('button', { name: 'middle', exact: true }).click();
    expect(await number(page, '[data-testid=worst]')).toBeLessThan(3);
    // by keys alone: a source moved, an antenna off
    const source = page.getByRole('slider', { name: 'Source 1' });
    await source.press('ArrowLeft');
    await source.press('ArrowUp');
    expect(await source.getAttribute('aria-valuetext')).toBe('41.0 degrees, 3.1 wavelengths');
    await page.getByRole('switch', { name: 'Antenna 2', exact: true }).press(' ');
    await page.getByRole('switch', { name: 'Antenna 8', exact: true }).press(' ');
    await expectEqual();
    expect(await page.evaluate(() => location.hash)).toContain('antennas=011111110');
    // and dragged
    const box = (await page.getByRole('slider', { name: 'Source 2' }).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x - 40, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    const moved = await page.getByRole('slider', { name: 'Source 2' }).getAttribute('aria-valuenow');
    expect(Number(moved)).toBeGreaterThan(86);
    await page.getByRole('button', { name: 'one source more' }).click();
    expect(await page.getByRole('slider', { name: /^Source / }).count()).toBe(4);
    await page.reload();
    expect(await page.getByRole('slider', { name: /^Source / }).count()).toBe(4);
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });

  it('draws what a trained generator guesses, and refuses what is none', async () => {
    const model = path.join(folder, 'ssg');
    metalore('sensing', 'train', '--pairs', '40', '--steps', '30', '--out', model);
    const { page, complaints } = await studio.open('sense');
    await page.setInputFiles('[data-testid=policy]', path.join(model, 'policy.json'));
    await page.waitForSelector('[data-testid=generated]');
    const before = await number(page, '[data-testid=generated]');
    await page.getByLabel(/: seed/).fill('2');
    await page.getByLabel(/: seed/).press('Enter');
    expect(await number(page, '[data-testid=generated]')).not.toBe(before);
    const bad = path.join(folder, 'bad.json');
    writeFileSync(bad, '{"format": "metalore-policy"}');
    await page.setInputFiles('[data-testid=policy]', bad);
    await page.getByRole('alert').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('Lifecycle', () => {
  it('runs a chain in the page: requests, a sale that is refunded and one that is not, a copy that is struck', async () => {
    const { page, complaints } = await studio.open('lifecycle', { width: 1280, height: 1000 });
    const idle = () =>
      page.waitForFunction(() => document.querySelector('[role=status]')?.textContent !== 'mining …');
    const click = async (name: string) => {
      await idle();
      await page.getByRole('button', { name, exact: true }).click();
      await idle();
    };
    await page.waitForFunction(() => document.querySelectorAll('aside select option').length === 3);
    await click('Ten requests');
    const works = page.getByRole('button', { name: /work \d+$/ });
    expect(await works.count()).toBeGreaterThan(4);
    await page.getByLabel(/^Reputation after 10 requests/).waitFor();

    await click('Offer it to dora');
    expect(await page.textContent('[data-lock=work]')).toMatch(/^\d+ s left$/);
    expect(await page.getByRole('button', { name: 'claim' }).nth(1).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'refund' }).first().click();
    await page
      .getByRole('alert')
      .getByText(/too early/)
      .waitFor();
    for (let k = 0; k < 6; k++) await click('wait 20 s');
    await page.getByRole('button', { name: 'refund' }).first().click();
    await idle();
    await page.getByRole('button', { name: 'refund' }).last().click();
    await page.getByLabel('Sale').waitFor({ state: 'detached' });

    await click('Offer it to dora');
    await page.getByRole('button', { name: 'claim' }).first().click();
    await idle();
    await page.getByRole('button', { name: 'claim' }).last().click();
    await page.getByLabel('Sale').waitFor({ state: 'detached' });
    await page.getByText(/: dora’s$/).waitFor();

    await click('Copy it as JPEG');
    await page.getByRole('button', { name: /^challenge for/ }).click();
    await page.getByRole('button', { name: /copy, struck/ }).waitFor();
    await idle();
    expect(complaints).toEqual([]);
    await expectAccessible(page);
    await page.close();
  });

  it('finds the command line’s picture of the same prompt and seed again, and says so of a foreign file', async () => {
    const out = path.join(folder, 'story');
    metalore('lifecycle', 'story', 'a mill by the sea', '--rounds', '1', '--out', out);
    const pictures = readdirSync(out).filter((name) => name.endsWith('.png'));
    const last = pictures.sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b))).at(-1)!;
    const { page } = await studio.open('lifecycle?prompt=a+mill+by+the+sea');
    await page.waitForFunction(() => document.querySelectorAll('aside select option').length === 3);
    // a provider may send nothing
    for (let k = 0; k < 5 && (await page.getByText(/^work \d+: ann’s$/).count()) === 0; k++) {
      await page.getByRole('button', { name: 'Ask for a work' }).click();
      await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent !== 'mining …');
    }
    await page.setInputFiles('[data-testid=picture]', path.join(out, last));
    await page.waitForSelector('[data-testid=distance]');
    expect(await number(page, '[data-testid=distance]')).toBe(0);
    await page.setInputFiles('[data-testid=picture]', path.join(out, 'copy.jpg'));
    await page.getByText('copy.jpg').first().waitFor();
    expect(await number(page, '[data-testid=distance]')).toBeLessThanOrEqual(10);
    const text = path.join(folder, 'text.png');
    writeFileSync(text, 'no picture');
    await page.setInputFiles('[data-testid=picture]', text);
    await page
      .getByRole('alert')
      .getByText(/no picture/)
      .waitFor();
    await page.close();
  });
});
