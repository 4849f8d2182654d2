import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { formatNumber, printJson, renderTable } from './output.js';
import { startProgress } from './progress.js';

afterEach(() => vi.restoreAllMocks());

describe('formatNumber', () => {
  it.each([
    [3, '3'],
    [-0.123456, '-0.1235'],
    [12345.678, '12346'],
    [1e-7, '1.000e-7'],
    [NaN, '–'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
    [99999.5, '100000'],
    [1e20, '1.000e+20'],
  ])('%f is %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

describe('renderTable', () => {
  it('puts numbers to the right and writes no colour', () => {
    const table = renderTable(
      ['name', 'value'],
      [
        ['a', 1],
        ['long name', 12.5],
      ],
    );
    expect(table).toContain('│ long name │  12.5 │');
    expect(table).not.toContain('\u001b');
  });
});

describe('printJson', () => {
  it('writes typed arrays as arrays and NaN as null', () => {
    let written = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
    printJson({ values: Float64Array.of(1, NaN), bad: NaN });
    expect(JSON.parse(written)).toEqual({ values: [1, null], bad: null });
  });

  it('refuses what is infinite, naming its place', () => {
    const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    expect(() => printJson({ metrics: { reward: { mean: Infinity } } })).toThrow(
      /metrics\.reward\.mean: is infinite/,
    );
    expect(() => printJson({ values: Float64Array.of(0, -Infinity) })).toThrow(/values\.1/);
    expect(write).not.toHaveBeenCalled();
  });
});

describe('startProgress', () => {
  function fakeTerminal(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
    const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    Object.assign(stream, {
      isTTY,
      columns: 100,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    });
    return { stream, text: () => text };
  }

  it('is silent when piped, and in the first two seconds', () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const piped = fakeTerminal(false);
    const terminal = fakeTerminal(true);
    const bars = [startProgress('work', 10, piped.stream), startProgress('work', 10, terminal.stream)];
    bars.forEach((bar) => bar.advance(5));
    expect(terminal.text()).toBe('');
    now.mockReturnValue(1_003_000);
    bars.forEach((bar) => bar.advance(1));
    bars.forEach((bar) => bar.stop());
    expect(terminal.text()).toContain('work');
    expect(piped.text()).toBe('');
  });
});
