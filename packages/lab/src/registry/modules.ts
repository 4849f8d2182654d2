import { InvalidInputError } from '@metalore/core/errors';
import { currentModules, moduleUrl, said, setCurrentModules, type ModuleValue } from '../io/modules.js';
import { userStudies } from './studies.js';

/**
 * What a module's function is given: everything that a program imports from `@metalore/core/NAME`, as `metalore.NAME`, and the
 * studies that `metalore reproduce` knows. These are the registries that the command itself reads.
 */
export type Metalore = Awaited<ReturnType<typeof everything>>;

/** The default export of a module. */
export type MetaloreModule = (metalore: Metalore) => void | Promise<void>;

async function everything() {
  const [auction, city, contract, environment, errors, lifecycle, math, mobility, partition] =
    await Promise.all([
      import('@metalore/core/auction'),
      import('@metalore/core/city'),
      import('@metalore/core/contract'),
      import('@metalore/core/environment'),
      import('@metalore/core/errors'),
      import('@metalore/core/lifecycle'),
      import('@metalore/core/math'),
      import('@metalore/core/mobility'),
      import('@metalore/core/partition'),
    ]);
  const [policy, provider, radio, random, scenario, sensing, serving, submetaverse, traffic, urllc] =
    await Promise.all([
      import('@metalore/core/policy'),
      import('@metalore/core/provider'),
      import('@metalore/core/radio'),
      import('@metalore/core/random'),
      import('@metalore/core/scenario'),
      import('@metalore/core/sensing'),
      import('@metalore/core/serving'),
      import('@metalore/core/submetaverse'),
      import('@metalore/core/traffic'),
      import('@metalore/core/urllc'),
    ]);
  return {
    ...{ auction, city, contract, environment, errors, lifecycle, math, mobility, partition, policy },
    ...{ provider, radio, random, scenario, sensing, serving, submetaverse, traffic, urllc },
    studies: userStudies,
  };
}

/** Names that a module may add to. */
interface Seam {
  names(): string[];
  unregister(name: string): void;
}

function seamsOf(metalore: Metalore): readonly Seam[] {
  const { auction, mobility, policy, provider, radio, serving, submetaverse, traffic, studies } = metalore;
  return [
    radio.pathLossModels,
    mobility.mobilityModels,
    traffic.arrivalModels,
    submetaverse.associationModels,
    submetaverse.bandwidthSchedulers,
    submetaverse.observationFeatures,
    submetaverse.rewardModels,
    submetaverse.sensorSelections,
    policy.policies,
    serving.cachingPolicies,
    provider.providerPolicies,
    auction.auctionMechanisms,
    studies,
  ];
}

/** Takes out again what the modules of before have added. */
let unload = (): void => undefined;

/**
 * Makes this thread compute with these modules, and no others that it had before: the next cell of a worker may be of another
 * command, or of a file that was changed in the meantime.
 *
 * @throws InvalidInputError a module that cannot be loaded, throws, exports no function or adds nothing
 */
export async function useModules(modules: readonly ModuleValue[]): Promise<void> {
  const isSame = (other: ModuleValue | undefined, { name, sha256 }: ModuleValue) =>
    other?.name === name && other.sha256 === sha256;
  const before = currentModules();
  if (modules.length === before.length && modules.every((module, at) => isSame(before[at], module))) return;
  unload();
  unload = () => undefined;
  setCurrentModules([]);
  if (modules.length === 0) return;
  const metalore = await everything();
  const seams = seamsOf(metalore);
  const known = seams.map((seam) => new Set(seam.names()));
  unload = () => {
    seams.forEach((seam, at) => {
      for (const name of seam.names()) if (!known[at].has(name)) seam.unregister(name);
    });
  };
  try {
    for (const module of modules) await load(module, metalore, seams);
  } catch (error) {
    unload();
    unload = () => undefined;
    throw error;
  }
  setCurrentModules(modules);
}

async function load(module: ModuleValue, metalore: Metalore, seams: readonly Seam[]): Promise<void> {
  const refuse = (message: string, cause?: unknown): never => {
    throw new InvalidInputError('module', [{ path: module.name, message }], { cause });
  };
  const { default: register } = await importSource(module).catch((error: unknown) =>
    refuse(`cannot be loaded: ${said(error)}${adviceOn(error, module)}`, error),
  );
  if (typeof register !== 'function') {
    return refuse('exports no function; expected export default function (metalore) { … }');
  }
  const sizes = () => seams.reduce((sum, seam) => sum + seam.names().length, 0);
  const before = sizes();
  try {
    await (register as MetaloreModule)(metalore);
  } catch (error) {
    refuse(said(error), error);
  }
  if (sizes() === before) {
    refuse('adds nothing; for example metalore.submetaverse.bandwidthSchedulers.register(NAME, …)');
  }
}

/**
 * Runs a module's text and not its file: what was hashed is what runs, in every thread and on every machine. It can therefore
 * import nothing beside Node's own modules.
 */
const importSource = (module: ModuleValue) => import(moduleUrl(module)) as Promise<{ default?: unknown }>;

function adviceOn(error: unknown, { name }: ModuleValue): string {
  if (error instanceof SyntaxError) return ` (node --check ${name} shows where)`;
  const isImport = (error as { code?: unknown }).code === 'ERR_UNSUPPORTED_RESOLVE_REQUEST';
  return isImport
    ? ' (a module is one file: what it needs of MetaLore is given to its function, the rest has to be bundled into it)'
    : '';
}
