import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The command line, built. */
export const COMMAND = path.join(root, 'packages', 'lab', 'bin', 'metalore.js');

/** The browser that the setup script looks for and installs. */
const EXECUTABLE =
  process.env['CHROMIUM'] ??
  ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) =>
      (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name)),
    )
    .find((file) => existsSync(file)) ??
  'chromium';
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const IN_SPACE = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/** A real browser. @param inSpace whether its pages draw in space, which takes a renderer in software */
export function launchBrowser(inSpace = false): Promise<Browser> {
  const args = [...ARGS, ...(inSpace ? IN_SPACE : ['--disable-gpu'])];
  return chromium.launch({ executablePath: EXECUTABLE, args });
}

/** Runs the command line, as a user would. @returns what it printed, as JSON */
export function metalore(...args: string[]): unknown {
  const done = spawnSync(process.execPath, [COMMAND, ...args, '--json'], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as unknown;
}

interface OpenOptions {
  width?: number;
  height?: number;
  /** Where the page is served, in place of the studio itself. */
  at?: string;
  /** Scripts that run in the page before its own. */
  before?: readonly string[];
}

/** The studio as `metalore studio` serves it, in a real browser. */
export class StudioBrowser {
  private constructor(
    readonly url: string,
    readonly browser: Browser,
    readonly server: ChildProcess,
  ) {}

  /**
   * @param runs folders that it serves, and options
   * @param inSpace whether its pages draw in space, which takes a renderer in software
   */
  static async start(runs: readonly string[] = [], inSpace = false): Promise<StudioBrowser> {
    const server = spawn(process.execPath, [COMMAND, 'studio', ...runs, '--port', '0', '--json'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      server.stdout.on('data', (part: Buffer) => {
        text += part.toString();
        const found = /"url": "([^"]+)"/.exec(text);
        if (found) resolve(found[1]);
      });
      server.on('exit', (code) => reject(new Error(`metalore studio ended with ${code}`)));
    });
    return new StudioBrowser(url, await launchBrowser(inSpace), server);
  }

  /** A page of its own, with everything that the console and the network had to complain about. */
  async open(
    hash: string,
    { width = 1280, height = 720, at = this.url, before = [] }: OpenOptions = {},
  ): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const page = await this.browser.newPage({ viewport: { width, height } });
    for (const script of before) await page.addInitScript(script);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText;
      // What a reload or a change of the address cuts short, such as the icon's request, has not failed.
      if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()} failed: ${reason}`);
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${at.replace(/\/$/, '')}/#${hash}`);
    return { page, complaints, requests };
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.server.kill();
  }
}

/** Waits until the page has come to a step. */
export async function atStep(page: Page, step: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector('[data-testid=step]')?.textContent?.startsWith(`step ${wanted} /`),
    step,
  );
}

/** Every number that the page shows of a run, exactly. */
export function metricsOf(page: Page, run = 0): Promise<Record<string, number>> {
  return page.$$eval(`[data-metric][data-run="${run}"]`, (cells) =>
    Object.fromEntries(
      cells.map((cell) => [cell.getAttribute('data-metric'), Number(cell.getAttribute('data-value'))]),
    ),
  );
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Faults of at least serious weight that axe-core finds. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
        }>;
      };
    };
    const { violations } = await checker.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  });
}

/** No serious fault in light and dark, and nothing wider than a phone's screen, which the page is left at. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
}
