import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { InvalidInputError } from '@metalore/core/errors';
import { EdgeServer } from '@metalore/core/serving';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadServingScenario } from './load.js';
import { modelRule } from './log-layouts.js';
import { readRequestLog } from './read-log.js';
import { readServingTrace, type TraceFileOptions } from './trace-files.js';

let dir = '';
beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-logs-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path.join(dir, name), content);
  return path.join(dir, name);
};
const options = { timeColumn: 'time', modelColumn: 'model', dropFailed: false, skipBadRows: false };
const rowsOf = async (name: string, more: object = {}) => {
  const log = await readRequestLog(name, { ...options, ...more });
  return {
    layout: log.layout,
    rows: Array.from(log.seconds, (seconds, at) => [seconds, log.models[log.model[at]]]),
    log,
  };
};
const problems = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof InvalidInputError)) throw error;
  return error.problems.map(({ path: at, message }) => `${at.replace(`${dir}/`, '')}: ${message}`);
};

const BURST = `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
5,ChatGPT,472,18,490,Conversation log
45,GPT-4,100,0,100,API log
61.5,ChatGPT,28,82,110,Conversation log
`;

describe('logs of model servers, row by row', () => {
  it('BurstGPT, with a session column or without, requests without an answer kept or left out', async () => {
    const { layout, rows, log } = await rowsOf(file('burst.csv', BURST));
    expect(layout).toBe('BurstGPT');
    expect(rows).toEqual([
      [5, 'ChatGPT'],
      [45, 'GPT-4'],
      [61.5, 'ChatGPT'],
    ]);
    expect(log.meanTokens).toEqual([300, 100]);
    const dropped = await rowsOf(file('burst.csv.gz', gzipSync(BURST)), { dropFailed: true });
    expect(dropped.rows).toEqual([
      [5, 'ChatGPT'],
      [61.5, 'ChatGPT'],
    ]);
    expect(dropped.log).toMatchObject({ read: 3, failed: 1 });
    const sessions = BURST.split('\n')
      .map((line, at) => (line === '' ? '' : at === 0 ? `${line},Session ID,Elapsed time` : `${line},3,1.5`))
      .join('\n');
    expect((await rowsOf(file('s.csv', sessions))).rows).toHaveLength(3);
  });

  it('Azure: dates of 100 ns, no model: one for all, or by tokens', async () => {
    const azure = file(
      'azure.csv',
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,3960,109\n',
    );
    expect((await problems(rowsOf(azure)))[0]).toBe(
      'azure.csv: the layout Azure LLM inference names no model',
    );
    const one = await rowsOf(azure, { modelRule: modelRule('llama', undefined) });
    expect(one.rows.map(([, model]) => model)).toEqual(['llama', 'llama']);
    expect((one.rows[1][0] as number) - (one.rows[0][0] as number)).toBeCloseTo(4.314579, 6);
    const rule = modelRule(undefined, 'small:500,large');
    expect((await rowsOf(azure, { modelRule: rule })).rows.map(([, model]) => model)).toEqual([
      'small',
      'large',
    ]);
  });

  it('Mooncake: JSON lines, ms', async () => {
    const lines = [
      '{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}',
      '{"timestamp": 30535, "input_length": 6472, "output_length": 26, "hash_ids": [46]}',
    ];
    const rule = { modelRule: modelRule('kimi', undefined) };
    const { layout, rows, log } = await rowsOf(file('m.jsonl', lines.join('\n')), rule);
    expect(layout).toBe('Mooncake');
    expect(rows).toEqual([
      [27.482, 'kimi'],
      [30.535, 'kimi'],
    ]);
    expect(log.meanTokens).toEqual([(6955 + 52 + 6472 + 26) / 2]);
    expect(await problems(rowsOf(file('m.jsonl', `${lines[0]}\n{"timestamp": "x"}\nno\n`), rule))).toEqual([
      'm.jsonl:2:input_length: is missing',
      expect.stringMatching(/^m\.jsonl:3: is no JSON/),
    ]);
  });

  it('broken rows with line, column and value; rules that are none', async () => {
    expect(
      await problems(rowsOf(file('b.csv', BURST.replace('472', 'many').replace('61.5', 'soon')))),
    ).toEqual([
      'b.csv:2:Request tokens: "many" is not a number of at least 0',
      expect.stringMatching(/^b\.csv:4:Timestamp: "soon" is neither seconds nor a date/),
    ]);
    const skipped = await rowsOf(file('b.csv', BURST.replace('472', 'many')), { skipBadRows: true });
    expect(skipped.rows).toHaveLength(2);
    for (const rule of ['small:500', 'a:5,b:3,c', ':5,b', 'a,b'])
      expect(() => modelRule(undefined, rule), rule).toThrow(/ascending limits/);
  });
});

describe('instances of logs', () => {
  const trace: TraceFileOptions = {
    ...options,
    sizesModelColumn: 'model',
    sizesColumn: 'gb',
    gb: [4],
    gflops: 100,
    accuracy: 75,
  };

  it('work follows tokens: the mean request costs --gflops', async () => {
    const { instance, log } = await readServingTrace(
      file('b.csv', BURST),
      loadServingScenario('edge-models'),
      trace,
    );
    // ChatGPT 300 tokens in the mean, GPT-4 100; of all (490 + 100 + 110)/3
    const mean = 700 / 3;
    expect(instance.services.map(({ name, gflops }) => [name, gflops])).toEqual([
      ['ChatGPT', expect.closeTo((100 * 300) / mean, 9)],
      ['GPT-4', expect.closeTo((100 * 100) / mean, 9)],
    ]);
    expect(log).toEqual({ layout: 'BurstGPT', read: 3, used: 3, failed: 0 });
  });

  it('a catalogue gives sizes, work, accuracy, and windows through which the accuracy law passes', async () => {
    const catalogue = file(
      'models.csv',
      'model,gb,gflops,accuracy,window,oneShot,fewShot\nChatGPT,25.7,26.54,15.45,64,26.12,30.83\nGPT-4,2,175,80,,,\n',
    );
    const scenario = loadServingScenario('edge-models');
    const { instance } = await readServingTrace(file('b.csv', BURST), scenario, { ...trace, catalogue });
    const [chat, gpt4] = instance.services;
    expect(chat).toMatchObject({ gb: 25.7, gflops: 26.54, W: 64, a0: 15.45, one: 26.12 });
    const atWindow = 15.45 + (26.12 - 15.45) * Math.log2(1 + 64 ** chat.alpha!);
    expect(atWindow).toBeCloseTo(30.83, 9);
    expect(gpt4).toMatchObject({ gb: 2, W: 0, one: null, alpha: null, a0: 80 });
    const timed = file(
      'timed.csv',
      'model,gb,gflops,accuracy,loadS\nChatGPT,26,30,60,8.5\nGPT-4,2,175,80,\n',
    );
    const loading = await readServingTrace(file('b.csv', BURST), scenario, { ...trace, catalogue: timed });
    const edge = new EdgeServer(loading.instance.params, loading.instance.services);
    // at a price of 1 a second: as the table says, and 2 GB at 13 GB/s
    expect([edge.loadCost(0), edge.loadCost(1)]).toEqual([8.5, 2 / 13]);
    const half = file('half.csv', 'model,gb,gflops,accuracy,window\nChatGPT,2,3,4,5\n');
    expect(
      await problems(readServingTrace(file('b.csv', BURST), scenario, { ...trace, catalogue: half })),
    ).toEqual(['half.csv:2: window, oneShot and fewShot come together']);
  });
});
