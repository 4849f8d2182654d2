import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, describe, expect, it } from 'vitest';
import { Plot, palette, renderSvg } from './render.js';
import { renderReport } from './report.js';
import { renderPng, writeFigure } from './write-figure.js';

const points = [
  { x: 1, y: 2, kind: 'a < b', size: 0.1 },
  { x: 2, y: 3.3333333, kind: 'c & d', size: 0.9 },
];
const categories = (): string =>
  renderSvg({
    title: 'Two & more',
    x: { label: 'time (s)' },
    color: { legend: true },
    marks: [Plot.dot(points, { x: 'x', y: 'y', fill: 'kind', clip: true })],
  });
const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-figures-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('renderSvg', () => {
  it('gives the same bytes twice, as well-formed XML that needs no page around it', () => {
    const svg = categories();
    expect(categories()).toBe(svg);
    const document = new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;
    expect(document.documentElement.tagName).toBe('svg');
    expect(document.querySelectorAll('circle')).toHaveLength(2);
    expect(svg).not.toMatch(/currentcolor-|system-ui|\d\.\d{3,}[^<]*"/);
  });

  it('draws a legend with the palette', () => {
    const svg = categories();
    expect(svg).toContain('a &lt; b');
    expect(svg).toContain(`fill="${palette[0]}"`);
    expect(svg).toContain(`fill="${palette[1]}"`);
  });

  it('draws a ramp for quantities and leaves chosen colours alone', () => {
    const ramp = renderSvg({
      color: { legend: true, label: 'share of bandwidth' },
      marks: [Plot.dot(points, { x: 'x', y: 'y', fill: 'size' })],
    });
    expect(ramp).toContain('share of bandwidth');
    expect(ramp.match(/<rect/g)!.length).toBeGreaterThan(40);
    const chosen = renderSvg({
      color: { range: ['#123456', '#654321'] },
      marks: [Plot.dot(points, { x: 'x', y: 'y', fill: 'kind' })],
    });
    expect(chosen).toContain('#123456');
  });

  it('becomes a PNG of twice the size with the shipped font, also in files', async () => {
    const svg = categories();
    const png = renderPng(svg);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1280);
    const withoutText = renderPng(svg.replace(/<text[^>]*>[^<]*<\/text>/g, ''));
    expect(png.length).toBeGreaterThan(withoutText.length + 2000); // text was drawn
    await writeFigure(dir, 'plane', svg);
    expect(readFileSync(path.join(dir, 'plane.svg'), 'utf8')).toBe(svg);
    expect(readFileSync(path.join(dir, 'plane.png')).equals(png)).toBe(true);
  });
});

describe('renderReport', () => {
  const html = renderReport({
    title: 'A <report>',
    sections: [
      { heading: 'Numbers', table: { head: ['policy', 'AoSI'], rows: [['<fixed>', 1.5]] } },
      { heading: 'First', svg: categories(), caption: 'one "figure"' },
      { heading: 'Second', svg: categories() },
      { heading: '', markdown: '## Own\n\n| a | b |\n|---|---|\n| 1 | 2 |' },
    ],
  });
  const { document } = new JSDOM(html).window;

  it('is one page that asks for nothing else', () => {
    expect(html).not.toMatch(/(src|href)="/);
    expect(html).not.toContain('@import');
    expect(document.querySelectorAll('figure svg')).toHaveLength(4); // a plot inside each frame
    expect(document.querySelectorAll('table')).toHaveLength(2);
    expect([...document.querySelectorAll('h2')].map((heading) => heading.textContent)).toContain('Own');
  });

  it('escapes text and keeps the ids of its figures apart', () => {
    expect(document.title).toBe('A <report>');
    expect(document.querySelector('td')!.textContent).toBe('<fixed>');
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });
});
