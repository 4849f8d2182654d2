import { UnknownNameError } from '@metalore/core/errors';
import { Registry, requireFunctions } from '@metalore/core/registry';
import type { Study } from '../study/study.js';

/**
 * Every study by the name under which `metalore reproduce` knows it. Loaded on demand: a worker that computes the cells of
 * one study need not load the others.
 */
const studies: Readonly<Record<string, () => Promise<Study>>> = {
  auction: async () => (await import('../auction/study/index.js')).auctionStudy,
  caching: async () => (await import('../serving/study/index.js')).cachingStudy,
  city: async () => (await import('../city/study/index.js')).cityStudy,
  contract: async () => (await import('../contract/study/index.js')).contractStudy,
  'contract-learners': async () => (await import('../learn/contract/index.js')).contractLearnersStudy,
  lifecycle: async () => (await import('../lifecycle/study/index.js')).lifecycleStudy,
  'lifecycle-works': async () => (await import('../lifecycle/works/index.js')).lifecycleWorksStudy,
  metalore: async () => (await import('../learn/study/metalore-study.js')).metaloreStudy,
  'metalore-beyond': async () => (await import('../learn/beyond/beyond-study.js')).beyondStudy,
  orchestration: async () => (await import('../learn/orchestration/index.js')).orchestrationStudy,
  partition: async () => (await import('../partition/study.js')).partitionStudy,
  provider: async () => (await import('../provider/study/index.js')).providerStudy,
  'provider-learners': async () => (await import('../learn/provider/index.js')).providerLearnersStudy,
  'provider-scorer': async () => (await import('../learn/scorer/index.js')).providerScorerStudy,
  sensing: async () => (await import('../sensing/study/index.js')).sensingStudy,
  'sensing-twin': async () => (await import('../sensing/synchronisation/index.js')).sensingTwinStudy,
  urllc: async () => (await import('../urllc/study/index.js')).urllcStudy,
};

/** What commands of their own run through the same machinery: found by workers, not offered by `reproduce`. */
const commandStudies: typeof studies = {
  train: async () => (await import('../learn/seeds.js')).seedsStudy,
  sweep: async () => (await import('../submetaverse/sweep.js')).sweepStudy,
};

/** Studies of a user's own modules. */
export const userStudies = new Registry<Study>('study', {}, (study, refuse, name) => {
  if (Object.hasOwn(studies, name) || Object.hasOwn(commandStudies, name)) {
    refuse('name', name, 'a name that no study of MetaLore has');
  }
  const what = 'a study { title, cells(options), runCell(cell), report(rows, options) }';
  requireFunctions(study, ['cells', 'runCell', 'report'], what, refuse);
  return {
    name,
    title: study.title ?? name,
    cells: (options) => study.cells(options),
    runCell: (cell) => study.runCell(cell),
    report: (rows, options) => study.report(rows, options),
  };
});

export function studyNames(): string[] {
  return [...Object.keys(studies), ...userStudies.names()].sort();
}

/** @throws UnknownNameError with the names that exist */
export async function loadStudy(name: string): Promise<Study> {
  if (userStudies.has(name)) return userStudies.get(name);
  const known = { ...studies, ...commandStudies };
  const load = Object.hasOwn(known, name) ? known[name] : undefined;
  if (load === undefined) throw new UnknownNameError('study', name, studyNames());
  return load();
}
