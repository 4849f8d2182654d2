// [ONLY=home,watch] node packages/studio/screenshots.mjs [RUN…]: pictures of the views for the docs, from a studio that serves these runs.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = path.join(root, 'packages', 'lab', 'bin', 'metalore.js');
const figures = path.join(root, 'docs', 'figures');
const sideBySide = 'watch?seed=1&at=60&run=fixed:0.3,0.3&run=fixed:0.3,0.3+[[15,"fixed:0.45,0.45"]]';
/** A run of `metalore sensing train`, which has rivals beside it. */
const generator = process.argv.slice(2).find((run) => existsSync(path.join(run, 'ridge.json')));
const pictures = [
  { name: 'home', hash: '', height: 860 },
  { name: 'watch-large', hash: 'watch?seed=1&at=60', width: 1920, height: 1080 },
  { name: 'auction-phone', hash: 'auction?you=3&bid=2', width: 390, height: 844, dark: true },
  { name: 'components', hash: 'components', height: 760 },
  { name: 'watch', hash: 'watch?seed=1&at=60', keys: [']', ']', ']'] },
  { name: 'steer', hash: sideBySide, dark: true },
  { name: 'phone', hash: 'watch?seed=1&at=60', width: 390, height: 844 },
  { name: 'compare', hash: 'compare', height: 1020 },
  {
    name: 'place',
    hash: 'place?twins=60&spread=310&servers=420,560;1500,500;500,1500;1500,1500',
    height: 640,
  },
  { name: 'allocate', hash: 'allocate', height: 800 },
  { name: 'auction', hash: 'auction?you=3&bid=2', height: 830 },
  { name: 'contract', hash: 'contract', height: 980 },
  { name: 'providers', hash: 'providers?sides=table,prophet', height: 700, clicks: ['Play'] },
  {
    name: 'lifecycle',
    hash: 'lifecycle',
    height: 1010,
    clicks: ['Ten requests', 'Ten requests', 'Offer it to dora', 'Copy it as JPEG'],
  },
  { name: 'sense', hash: 'sense', height: 960, policy: generator },
  {
    name: 'live',
    hash: 'live?thing=paper:sensor-3',
    height: 1010,
    isLive: true,
    clicks: ['history of signal/value', 'Check its newest entry yourself'],
  },
  { name: 'live-space', hash: 'live?picture=space', height: 800, isLive: true },
];

/** The pictures that are wanted; all unless some are named. */
const only = process.env.ONLY?.split(',');

const children = [];
const start = (...args) => {
  const child = spawn(process.execPath, [command, ...args]);
  child.stderr.pipe(process.stderr);
  children.push(child);
  return child;
};
/** The first of these in what a command prints. */
const printed = (child, pattern) =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part) => {
      const found = pattern.exec((text += part));
      if (found) resolve(found.slice(1));
    });
    child.on('exit', (code) => reject(new Error(`a command ended with ${code}`)));
  });

const [url] = await printed(
  start('studio', ...process.argv.slice(2), '--port', '0', '--json'),
  /"url": "([^"]+)"/,
);
const dir = mkdtempSync(path.join(tmpdir(), 'metalore-screenshots-'));
const ports = ['--mqtt-port', '0', '--http-port', '0'];
const [http, mqtt] = await printed(
  start('live', 'paper', '--policy', 'fixed:0.3,0.3', '--dir', dir, ...ports, '--json'),
  /"http":"([^"]+)","mqtt":"([^"]+)"/,
);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ],
});
for (const {
  name,
  hash,
  width = 1280,
  height = 720,
  dark = false,
  keys = [],
  clicks = [],
  policy,
  isLive = false,
} of pictures.filter(({ name }) => only === undefined || only.includes(name))) {
  const colorScheme = dark ? 'dark' : 'light';
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: 1.5 });
  const fleet =
    isLive && start('fleet', 'paper', '--speed', '10', '--steps', '300', '--silence', '0.3', '--mqtt', mqtt);
  await page.goto(`${isLive ? `${http}/` : url}#${hash}`);
  await page.waitForTimeout(isLive ? 12_000 : 2500);
  if (policy) {
    await page.setInputFiles('[data-testid=policy]', path.join(policy, 'policy.json'));
    await page.waitForTimeout(2000);
  }
  for (const click of clicks) {
    await page.getByRole('button', { name: click }).click();
    await page.waitForTimeout(2000);
  }
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(200);
  }
  const file = path.join(figures, `studio-${name}.png`);
  await page.screenshot({ path: file });
  console.log(path.relative(root, file));
  await page.close();
  if (fleet) fleet.kill();
}
await browser.close();
for (const child of children) child.kill();
rmSync(dir, { recursive: true });
