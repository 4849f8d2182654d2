import { expectTypeOf, it } from 'vitest';
import { checkEnvironment, type BoxSpace, type Environment, type StepResult } from './environment/index.js';
import type { Mobility, MobilitySeed } from './mobility/index.js';
import type { Policy, policies } from './policy/index.js';
import type { PathLoss, pathLossModels } from './radio/index.js';
import type { CachingPolicy, cachingPolicies } from './serving/index.js';
import {
  make,
  simulate,
  type BandwidthScheduler,
  type bandwidthSchedulers,
  type observationFeatures,
  type SubMetaverseEnvironment,
  type SubMetaverseInfo,
} from './submetaverse/index.js';
import { parseScenario, type Scenario } from './submetaverse/scenario/index.js';

/** What a program in strict TypeScript relies on; the compiler holds it (`npm run types`). */
it('types of the public surface', () => {
  expectTypeOf(make).parameter(0).toEqualTypeOf<string>();
  expectTypeOf(make('paper')).toEqualTypeOf<SubMetaverseEnvironment>();
  expectTypeOf<SubMetaverseEnvironment>().toExtend<Environment<SubMetaverseInfo>>();
  expectTypeOf<SubMetaverseEnvironment['step']>().parameter(0).toEqualTypeOf<ArrayLike<number>>();
  expectTypeOf<SubMetaverseEnvironment['step']>().returns.toEqualTypeOf<StepResult<SubMetaverseInfo>>();
  expectTypeOf<SubMetaverseEnvironment['observationSpace']>().toEqualTypeOf<BoxSpace>();
  expectTypeOf(checkEnvironment).returns.toBeVoid();

  expectTypeOf(parseScenario).returns.toEqualTypeOf<Scenario>();
  expectTypeOf(simulate).parameter(0).toEqualTypeOf<Scenario>();
  expectTypeOf(simulate).parameter(1).toEqualTypeOf<Policy>();
  expectTypeOf<ReturnType<typeof simulate>['episodes']['aosi']>().toEqualTypeOf<Float64Array>();

  // what a registry takes, so that a part written against the interface fits
  type Entry<Seam extends { get(name: string): unknown }> = ReturnType<Seam['get']>;
  expectTypeOf<Entry<typeof bandwidthSchedulers>>().toEqualTypeOf<(cells: number) => BandwidthScheduler>();
  expectTypeOf<ReturnType<Entry<typeof pathLossModels>>>().toEqualTypeOf<PathLoss>();
  expectTypeOf<Mobility['reset']>().parameter(1).toEqualTypeOf<MobilitySeed>();
  expectTypeOf<Entry<typeof policies>>().toEqualTypeOf<(parameters: readonly number[]) => Policy>();
  expectTypeOf<Entry<typeof cachingPolicies>>().toEqualTypeOf<CachingPolicy>();
  expectTypeOf<Entry<typeof observationFeatures>['high']>().toEqualTypeOf<number>();
});
