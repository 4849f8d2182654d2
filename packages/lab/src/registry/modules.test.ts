import { bandwidthSchedulers } from '@metalore/core/submetaverse';
import { afterEach, describe, expect, it } from 'vitest';
import { currentModules, type ModuleValue } from '../io/modules.js';
import { answerOf } from '../work/answer.js';
import { useModules } from './modules.js';
import { loadStudy, studyNames } from './studies.js';

afterEach(() => useModules([]));

const moduleOf = (body: string, sha256 = body): ModuleValue => ({
  ...{ name: 'mine.mjs', sha256 },
  source: `export default function (metalore) { ${body} }`,
});
const register = (name: string) =>
  `metalore.submetaverse.bandwidthSchedulers.register('${name}', () => ({ share() {} }));`;

describe('modules of a user', () => {
  it('are in force until others take their place', async () => {
    const builtIn = bandwidthSchedulers.names();
    await useModules([moduleOf(register('first'))]);
    const first = bandwidthSchedulers.get('first');
    await useModules([moduleOf(register('first'))]);
    expect(bandwidthSchedulers.get('first')).toBe(first);
    await useModules([moduleOf(register('first'), 'changed'), { ...moduleOf(register('b')), name: 'b.mjs' }]);
    expect(bandwidthSchedulers.get('first')).not.toBe(first);
    expect(bandwidthSchedulers.names()).toEqual([...builtIn, 'first', 'b']);
    await useModules([]);
    expect(bandwidthSchedulers.names()).toEqual(builtIn);
    expect(currentModules()).toEqual([]);
  });

  it.each([
    ['throw new RangeError("no room")', /mine.mjs: RangeError: no room/],
    ['', /mine.mjs: adds nothing/],
    [register('equal-rate'), /mine.mjs: bandwidth scheduler equal-rate is taken/],
    ['}; import "./other.mjs"; {', /module is one file/],
    ['let = ;', /SyntaxError.*node --check mine.mjs/],
    ['}; export { x as default }; const x = 1; {', /Duplicate export|exports no function/],
    [`metalore.studies.register('metalore', {})`, /name that no study of MetaLore has/],
  ])('that cannot be used are an error and leave nothing: %s', async (body, message) => {
    const builtIn = bandwidthSchedulers.names();
    const good = { ...moduleOf(register('good')), name: 'good.mjs' };
    await expect(useModules([good, moduleOf(body)])).rejects.toThrow(message);
    expect(bandwidthSchedulers.names()).toEqual(builtIn);
  });

  it('are named with line and column when they throw as they run', async () => {
    const body = `metalore.submetaverse.bandwidthSchedulers.register('bad', () => undefined.x);`;
    await useModules([moduleOf(body)]);
    const answer = await answerOf(() => bandwidthSchedulers.get('bad')(1));
    expect(answer).toMatchObject({ error: { exitCode: 2, path: expect.stringMatching(/^mine.mjs:1:\d+$/) } });
  });

  it('may bring a study', async () => {
    const study = `{ title: 'T', cells: () => [1], runCell: (n) => [{ n }], report: () => ({ tables: [], figures: [], summary: '' }) }`;
    await useModules([moduleOf(`metalore.studies.register('mine', ${study})`)]);
    expect(studyNames()).toContain('mine');
    expect(await (await loadStudy('mine')).runCell(1)).toEqual([{ n: 1 }]);
  });
});
