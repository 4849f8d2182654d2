import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { PolicyStepper, Simulator } from '@metalore/core/submetaverse';
import { exportOnnx } from '@metalore/learn/onnx';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../src/shared/packed-text.js';
import { accessibilityFaults, atStep, metricsOf, StudioBrowser } from './studio-page.js';

let studio: StudioBrowser;

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-steering-'));
  // as `metalore train --eta 0.5` leaves it
  const run = path.join(folder, 'half');
  mkdirSync(run);
  const reward = { ...parseScenario({}).reward, eta: 0.5 };
  for (const [name, value] of Object.entries({
    'policy.json': trained,
    'manifest.json': { kind: 'train' },
    'scenario.json': { reward },
  }))
    writeFileSync(path.join(run, name), JSON.stringify(value));
  studio = await StudioBrowser.start([run]);
});
afterAll(async () => {
  await studio?.stop();
  rmSync(folder, { recursive: true });
});

/** Always ρC = 0.73, ρP = 0.62 but for rounding: a bias and no weights. */
const trained: PolicyDocument = {
  format: 'metalore-policy',
  version: 1,
  name: 'constant',
  features: ['request-queue-jobs', 'update-queue-jobs'],
  actions: { names: ['rhoC', 'rhoP'], low: [0, 0], high: [1, 1] },
  model: {
    kind: 'network',
    encoding: { scale: 'linear', moments: null },
    layers: [
      {
        weights: [
          [0, 0],
          [0, 0],
        ],
        biases: [0.73, 0.62],
      },
    ],
    activation: 'tanh',
    head: { kind: 'clipped', logStd: [0, 0] },
  },
  training: {},
};

/** Lets go of a file over the page. */
function dropFile(page: Page, name: string, bytes: Uint8Array | string): Promise<void> {
  return page.evaluate(
    ([file, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(content)], file));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, [...Buffer.from(bytes as Uint8Array)]] as const,
  );
}

describe('steering', () => {
  it('plays, pauses, steps and scrubs by keyboard, back to exactly the same', async () => {
    const { page } = await studio.open('watch?seed=1&at=30');
    await atStep(page, 30);
    const seen = await metricsOf(page);
    await page.keyboard.press('ArrowRight');
    await atStep(page, 31);
    expect(await metricsOf(page)).not.toEqual(seen);
    await page.keyboard.press('ArrowLeft');
    await atStep(page, 30);
    expect(await metricsOf(page)).toEqual(seen);
    await page.keyboard.press('+');
    await page.keyboard.press('Space');
    await page.waitForFunction(
      () => !/step 30 /.test(document.querySelector('[data-testid=step]')!.textContent),
    );
    await page.keyboard.press('Space');
    await page.keyboard.press('End');
    await atStep(page, 100);
    await page.close();
  });

  it('changes the curve with a slider, and a link restores what was seen, both sides', async () => {
    const { page } = await studio.open('watch?seed=1&at=20');
    await atStep(page, 20);
    await page.getByRole('button', { name: 'Side by side' }).click();
    await page.waitForSelector('[data-run="1"]');
    await atStep(page, 20);
    await page.locator('#rho-c').fill('0.8');
    await page.locator('#rho-p').fill('0.7');
    await page.locator('main').focus();
    await page.keyboard.press('End');
    await atStep(page, 100);
    const [a, b] = [await metricsOf(page, 0), await metricsOf(page, 1)];
    expect(b['aosi']).toBeGreaterThan(2 * a['aosi']);
    await page.waitForFunction(() => location.hash.includes('at=100'));
    const link = new URL(page.url()).hash.slice(1);
    const again = await studio.open(link);
    await atStep(again.page, 100);
    expect([await metricsOf(again.page, 0), await metricsOf(again.page, 1)]).toEqual([a, b]);
    // Back before the change, both are the same again.
    await again.page.keyboard.press('Home');
    await atStep(again.page, 0);
    for (let step = 0; step < 20; step++) await again.page.keyboard.press('ArrowRight');
    await atStep(again.page, 20);
    expect(await metricsOf(again.page, 0)).toEqual(await metricsOf(again.page, 1));
    await page.close();
    await again.page.close();
  });

  it('steps back from a late step to exactly what was there, in a small part of the way', async () => {
    const text = await pack(new TextEncoder().encode('episodeSteps: 20000\n'));
    const { page } = await studio.open(`watch?text=${text}&seed=3&at=19999`);
    await atStep(page, 19_999);
    const seen = await metricsOf(page);
    const press = async (key: string, step: number) => {
      const from = performance.now();
      await page.keyboard.press(key);
      await atStep(page, step);
      return performance.now() - from;
    };
    await press('ArrowRight', 20_000);
    const back = await press('ArrowLeft', 19_999);
    expect(await metricsOf(page)).toEqual(seen);
    // the whole way, in a run that knows nothing of it
    await page.locator('input[type=number]').first().fill('4');
    await page.locator('input[type=number]').first().press('Enter');
    await atStep(page, 0);
    await page.locator('main').focus();
    const whole = await press('End', 20_000);
    console.log(`a step back ${back.toFixed(0)} ms, all 20,000 steps ${whole.toFixed(0)} ms`);
    expect(back).toBeLessThan(whole / 3);
    await page.close();
  });

  it('undoes and redoes what was done, also a change of the past that took later ones away', async () => {
    const { page, complaints } = await studio.open('watch?seed=1&at=10');
    await atStep(page, 10);
    const shares = () => page.locator('#rho-c').getAttribute('aria-valuetext');
    const endOf = async () => {
      await page.locator('main').focus();
      await page.keyboard.press('End');
      await atStep(page, 100);
      const metrics = await metricsOf(page, 0);
      return { shares: await shares(), ...metrics };
    };
    const goTo = async (step: number) => {
      await page.keyboard.press('Home');
      await atStep(page, 0);
      for (let k = 0; k < step; k++) await page.keyboard.press('ArrowRight');
      await atStep(page, step);
    };
    const plain = await endOf();
    await goTo(20);
    await page.locator('#rho-c').fill('0.8');
    const one = await endOf();
    expect(one).not.toEqual(plain);
    // a change of the past
    await goTo(5);
    await page.locator('#rho-c').fill('0.4');
    await page.getByText('One later change is gone').waitFor();
    const other = await endOf();
    expect(other).not.toEqual(one);
    await page.getByRole('button', { name: 'Undo' }).click();
    // the page stands at the end already, and is computed anew
    await expect.poll(endOf, { timeout: 10_000 }).toEqual(one);
    await page.keyboard.press('Control+z');
    await expect.poll(endOf, { timeout: 10_000 }).toEqual(plain);
    expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(endOf, { timeout: 10_000 }).toEqual(other);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('asks before it throws away what was typed', async () => {
    const { page } = await studio.open('watch?seed=1&at=0');
    await atStep(page, 0);
    await page.keyboard.press('e');
    const area = page.getByLabel('Scenario as YAML');
    await area.press('Escape');
    await area.waitFor({ state: 'detached' });
    await page.keyboard.press('e');
    await area.press('End');
    await area.press('x');
    await area.press('Escape');
    await page.getByText('What you typed is not applied').waitFor();
    await page.getByRole('button', { name: 'Go on editing' }).click();
    expect(await area.inputValue()).toContain('x');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Throw it away' }).click();
    await area.waitFor({ state: 'detached' });
    await page.close();
  });

  it.each(['policy.json', 'policy.onnx'])('lets a dropped %s drive the splits', async (name) => {
    const bytes = name.endsWith('.onnx') ? exportOnnx(trained) : JSON.stringify(trained);
    const { page, complaints } = await studio.open('watch?seed=1&at=10');
    await atStep(page, 10);
    await dropFile(page, name, bytes);
    await page.waitForFunction(
      (file) =>
        (document.querySelector('[data-testid=policy]') as HTMLSelectElement).value === `file:${file}`,
      name,
    );
    await page.keyboard.press('ArrowRight');
    await atStep(page, 11);
    expect(await page.locator('#rho-c').getAttribute('aria-valuetext')).toContain('73 %');
    expect(await page.locator('#rho-p').getAttribute('aria-valuetext')).toContain('62 %');
    await page.waitForFunction(() => location.hash.includes('at=11'));
    const again = await studio.open(new URL(page.url()).hash.slice(1));
    await atStep(again.page, 11);
    expect(await again.page.locator('#rho-c').getAttribute('aria-valuetext')).toContain('73 %');
    expect(complaints).toEqual([]);
    await page.close();
    await again.page.close();
  });

  it('runs a model of Stable-Baselines3 in ONNX Runtime, in the page', async () => {
    const model = new URL('../../learn/fixtures/sb3/ppo-whole-17.onnx', import.meta.url);
    const { page, complaints } = await studio.open('watch?seed=1&at=10');
    await atStep(page, 10);
    await dropFile(page, 'PPO.ONNX', readFileSync(model));
    await page.waitForFunction(
      () => (document.querySelector('[data-testid=policy]') as HTMLSelectElement).value === 'file:PPO.ONNX',
    );
    await page.keyboard.press('ArrowRight');
    await atStep(page, 11);
    expect(await page.locator('#rho-c').getAttribute('aria-valuetext')).not.toContain('30 %');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says what a policy was trained for, what it is scored by, and who moves the sliders', async () => {
    const { page, complaints } = await studio.open('watch?seed=1&at=0');
    await atStep(page, 0);
    const policy = page.getByTestId('policy');
    await policy.locator('option', { hasText: 'half/policy.json' }).waitFor({ state: 'attached' });
    await policy.selectOption({ label: 'half/policy.json' });
    await page.getByText('half/policy.json moves the sliders').waitFor();
    const said = page.getByTestId('training-reward');
    await said.waitFor();
    expect(await said.textContent()).toMatch(
      /trained for c1 = 10, η = 0.5, c2 = 0, D_th = 2 and is scored by c1 = 10, η = 0.9/,
    );
    const end = async () => {
      await page.locator('main').focus();
      await page.keyboard.press('End');
      await atStep(page, 100);
      return (await metricsOf(page))['reward'];
    };
    const as = await end();
    await page.keyboard.press('Home');
    await atStep(page, 0);
    await page.getByRole('button', { name: 'Score it by its training’s' }).click();
    await page.getByText('was trained for what it is scored by').waitFor();
    expect(await page.locator('#eta').inputValue()).toBe('0.5');
    const half = await end();
    expect(half).toBeLessThan(as);
    await page.keyboard.press('Home');
    await atStep(page, 0);
    await page.locator('#c2').fill('-4');
    await page.getByText('η = 0.5, c2 = -4').first().waitFor();
    expect(await end()).toBeLessThan(half);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows the errors of a broken scenario at their fields, and runs it once they are mended', async () => {
    const { page } = await studio.open('watch?seed=1&at=5');
    await atStep(page, 5);
    await page.keyboard.press('e');
    const text = page.getByLabel('Scenario as YAML');
    await text.fill(
      'ues:\n  count: 10\n  arrivals: { model: bernoulli, probability: 7 }\nsensors:\n  cuont: 3\n',
    );
    await page.getByText('line 3, ues.arrivals.probability').waitFor();
    const marked = await page.$$eval('.lines .bad', (lines) => lines.map((line) => line.textContent));
    expect(marked).toHaveLength(2);
    expect(marked[0]).toMatch(/probability: 7.*◂ 7; expected at most 1/);
    expect(marked[1]).toMatch(/cuont: 3.*unknown field; accepted: count/);
    expect(await page.getByRole('button', { name: 'Run it' }).isDisabled()).toBe(true);
    await text.fill('ues:\n  count: 4\n');
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.getByText('your own').first().waitFor({ state: 'attached' });
    expect(await page.getByLabel('Users', { exact: true }).inputValue()).toBe('4');
    await page.close();
  });
});

describe('the map', () => {
  it('shows what the twin believes as the simulator has it, and closer where one points', async () => {
    const { page, complaints } = await studio.open('watch?seed=3&at=60&run=fixed:0.5,0.5');
    await atStep(page, 60);
    const stepper = new PolicyStepper(new Simulator(parseScenario({})), parsePolicy('fixed:0.5,0.5'));
    stepper.reset(3, 0);
    for (let step = 0; step < 60; step++) stepper.step();
    const { sensors, twin } = stepper.simulator;
    const ages = Array.from({ length: sensors.active }, (_, sensor) => 59 - twin.newest(0, sensor));
    const tooOld = (limit: number) => ages.filter((age) => age > limit).length;
    expect(tooOld(0)).toBeGreaterThan(tooOld(25));
    await page.getByLabel('what the twin believes').check();
    const limit = page.getByLabel('too old after');
    for (const steps of [0, 15, 25, 60]) {
      await limit.fill(String(steps));
      await page
        .getByTestId('too-old')
        .getByText(`${tooOld(steps)} of 15 sensors`)
        .waitFor();
    }
    await page.getByLabel('Devices shown').selectOption('stale');
    // the base station stands in the middle, and stays there
    const map = page.locator('.map canvas');
    const { x, y, width, height } = (await map.boundingBox())!;
    const whole = await map.screenshot();
    const side = Math.min(width - 64, height - 34);
    const middle = { x: x + 48 + (width - 64) / 2, y: y + 10 + side / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.getByText('Base station 0').waitFor();
    await page.mouse.wheel(0, -800);
    await page.getByLabel('The whole map').waitFor();
    await page.mouse.move(middle.x + 3, middle.y + 2);
    await page.getByText('Base station 0').waitFor();
    await expect.poll(async () => whole.equals(await map.screenshot())).toBe(false);
    await page.getByLabel('The whole map').click();
    expect(await page.getByLabel('The whole map').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('hostile input', () => {
  it.each([
    ['a damaged link', 'watch?run=fixed:0.3,0.3+[[0,{"__proto__":{"x":1}}]]', /unknown field|damaged/],
    ['an unknown scenario', 'watch?scenario=../../etc/passwd', /there is no scenario/],
    ['an unknown policy', 'watch?run=%3Cimg+src=x+onerror=alert(1)%3E', /unknown policy "<img/],
    [
      'more UEs than there may be',
      'watch?run=fixed:0.3,0.3+[[5,{"ues.count":1000000000}]]',
      /1000000000|1e9/,
    ],
    ['a scenario that is too large', `watch?text=${'QUJD'.repeat(20)}`, /cannot be read/],
  ])('%s is refused with its reason', async (_name, hash, reason) => {
    const { page } = await studio.open(hash);
    let dialogs = 0;
    page.on('dialog', (dialog) => (dialogs++, void dialog.dismiss()));
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(reason);
    expect(dialogs).toBe(0);
    // There is something to go on from.
    await page.locator('main').focus();
    await page.keyboard.press('ArrowRight');
    await atStep(page, 1);
    await page.close();
  });

  it('refuses policies that are none, and goes on', async () => {
    const { page } = await studio.open('watch?seed=1&at=5');
    await atStep(page, 5);
    for (const [name, bytes] of [
      ['a.json', '{"format":"metalore-policy"}'],
      ['b.onnx', 'not an onnx file'],
      ['c.json', '<script>alert(1)</script>'],
    ] as const) {
      await dropFile(page, name, bytes);
      await page.getByRole('alert').waitFor();
      await page.getByRole('alert').getByRole('button').click();
    }
    await page.keyboard.press('ArrowRight');
    await atStep(page, 6);
    await page.close();
  });

  it('shows the same problem twice where it is there twice', async () => {
    const { page, complaints } = await studio.open('watch?seed=1&at=5');
    await atStep(page, 5);
    const thrice = 'name: a\nname: a\nname: a\n';
    await dropFile(page, 'mine.yaml', thrice);
    await page.getByRole('alert').waitFor();
    await page.getByRole('alert').getByRole('button').click();
    await page.keyboard.press('e');
    await page.getByLabel('Scenario as YAML').fill('ues:\n  count: 1\n  count: 2\n  count: 3\n');
    await page.locator('.problems li').nth(1).waitFor();
    await page.getByLabel('Scenario as YAML').fill('ues:\n  count: 3\n');
    await page.getByText('No problems.').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('answers a YAML bomb with a problem', async () => {
    const { page } = await studio.open('watch?seed=1&at=5');
    await atStep(page, 5);
    await page.keyboard.press('e');
    const bomb = Array.from(
      { length: 30 },
      (_, at) =>
        `a${at}: &a${at} [${
          at === 0
            ? 'x'
            : Array(9)
                .fill(`*a${at - 1}`)
                .join(',')
        }]`,
    );
    await page.getByLabel('Scenario as YAML').fill(bomb.join('\n'));
    await page.locator('.problems li').first().waitFor();
    expect(await page.locator('.problems li').first().textContent()).toMatch(/alias/i);
    await page.close();
  });
});
