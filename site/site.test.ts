import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atStep, launchBrowser } from '../packages/studio/test/studio-page.js';
import { outDir } from './folders.mjs';
import { readExample } from '../scripts/examples.mjs';

const site: string = outDir.pathname;
/** Where the site lies on the server of the test: nowhere in particular. */
const UNDER = '/some/where/';

let browser: Browser;
let server: Server;
let url: string;

beforeAll(async () => {
  execFileSync(process.execPath, [path.join(import.meta.dirname, 'build.mjs'), '--quick'], { stdio: 'pipe' });
  const files = sirv(site, { dev: true });
  server = createServer((request, response) => {
    const notFound = () => void response.writeHead(404).end();
    if (!request.url?.startsWith(UNDER)) return notFound();
    request.url = request.url.slice(UNDER.length - 1);
    files(request, response, notFound);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${UNDER}`;
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** A page of the site, with everything that the console and the network had to complain about. */
async function open(address: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url()))
      complaints.push(`asks ${request.url()}`);
  });
  await page.goto(new URL(address, url).href, { waitUntil: 'networkidle' });
  return { page, complaints };
}

const heading = (page: Page) => page.textContent('main h1');

describe('the site', () => {
  it('has no link to a page, a place in a page, or a file that is not there', () => {
    const html = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.html') && !name.startsWith('play/') && name !== 'simulator.html',
    );
    expect(html.length).toBeGreaterThan(45);
    const text = new Map(
      html.map((name) => [path.join(site, name), readFileSync(path.join(site, name), 'utf8')]),
    );
    const broken: string[] = [];
    let links = 0;
    for (const [file, page] of text) {
      for (const [, link] of page.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        if (/^(?:https?:|mailto:|data:)/.test(link)) continue;
        links++;
        const [target, hash] = link.replaceAll('&amp;', '&').split('#');
        const to =
          target === ''
            ? file
            : path.resolve(path.dirname(file), target.endsWith('/') ? `${target}index.html` : target);
        const isThere =
          existsSync(to) &&
          (!hash || !text.has(to) || text.get(to)?.includes(` id="${decodeURIComponent(hash)}"`));
        if (!isThere) broken.push(`${path.relative(site, file)}: ${link}`);
      }
    }
    expect(links).toBeGreaterThan(2000);
    expect(broken).toEqual([]);
  });

  it('is read and searched under any path, without the network', async () => {
    const { page, complaints } = await open('.');
    expect(await heading(page)).toContain('MetaLore');
    await page.click('nav >> text=Examples');
    await page.waitForFunction(() => document.querySelector('main h1')?.textContent?.startsWith('Examples'));
    await page.click('main >> text=own-scheduler');
    await page.waitForFunction(() =>
      document.querySelector('main h1')?.textContent?.startsWith('own-scheduler'),
    );
    expect(page.url()).toBe(`${url}examples/own-scheduler.html`);
    expect(await page.textContent('main')).toContain(readExample('own-scheduler.mjs').prints.trim());
    // A link of the frame, which was drawn on another page, in another folder.
    await page.click('nav >> text=Commands');
    await page.waitForFunction(() =>
      document.querySelector('main h1')?.textContent?.startsWith('The command line'),
    );
    expect(page.url()).toBe(`${url}command-line.html`);
    await page.click('button:has-text("Search")');
    await page.fill('#localsearch-input', 'Okumura');
    await page.waitForSelector('.result[href*="submetaverse.html"]');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('opens in the middle, and shows its pictures', async () => {
    const { page, complaints } = await open('reproduction.html');
    const widths = await page.$$eval('main img', async (images) => {
      for (const image of images) image.loading = 'eager';
      await Promise.all(images.map((image) => image.decode()));
      return images.map((image) => image.naturalWidth);
    });
    expect(widths.length).toBeGreaterThan(5);
    expect(Math.min(...widths)).toBeGreaterThan(100);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('has the studio in it, which plays', async () => {
    const { page, complaints } = await open('examples.html');
    await page.click('nav >> text=Studio');
    await page.click('a.card[href="#watch"]');
    await atStep(page, 3);
    expect(page.url()).toMatch(/\/some\/where\/play\//);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('has the simulator in a page, with the numbers of Node', async () => {
    const { page, complaints } = await open('simulator.html');
    const [, aosi, aori, served] = /AoSI (\S+) steps, AoRI (\S+) steps, served (\S+) %/
      .exec((await page.textContent('#ages')) ?? '')!
      .map(Number);
    const shown = `AoSI ${aosi!.toFixed(1)} steps, AoRI ${aori!.toFixed(1)} steps, served ${served!.toFixed(1)} %`;
    expect(readExample('first-simulation.mjs').prints).toContain(`fixed:0.4,0.4: ${shown}`);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
