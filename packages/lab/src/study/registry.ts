import { UnknownNameError } from '@metalore/core/errors';
import type { Study } from './study.js';

/**
 * Every study by the name under which `metalore reproduce` knows it. Loaded on demand: a worker that computes the cells of
 * one study need not load the others.
 */
const studies: Readonly<Record<string, () => Promise<Study>>> = {
  caching: async () => (await import('../serving/study.js')).cachingStudy as Study,
  sweep: async () => (await import('../submetaverse/sweep.js')).fixedSplitsStudy as Study,
  metalore: async () => (await import('../learn/study/metalore-study.js')).metaloreStudy as Study,
  partition: async () => (await import('../partition/study.js')).partitionStudy as Study,
};

export function studyNames(): string[] {
  return Object.keys(studies).sort();
}

/** @throws UnknownNameError with the names that exist */
export async function loadStudy(name: string): Promise<Study> {
  const load = Object.hasOwn(studies, name) ? studies[name] : undefined;
  if (load === undefined) throw new UnknownNameError('study', name, studyNames());
  return load();
}
