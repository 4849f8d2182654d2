import { runPolicies, servedRuns, type ServedPolicy } from '../shared/runs.svelte.js';
import type { PolicyFile } from '../simulation/policies.js';
import { rewardOf, type RewardFields } from './reward.js';

/** A policy that acts, and where it came from. */
export interface HeldFile extends PolicyFile {
  /** Of one that stands in a served run: the beginning of its SHA-256, '' where the browser computes none. */
  readonly digest?: string;
  /** Of one in the folder of its training: what it was trained for. */
  readonly reward?: RewardFields | undefined;
}

/** What a link says of a policy that is too large for it. */
export interface ServedReference {
  readonly name: string;
  readonly digest: string;
}

/** Reads a policy of a served run. */
export async function readServed(policy: ServedPolicy): Promise<HeldFile> {
  const bytes = await runPolicies.read(policy);
  const reward = await rewardOfTraining(policy);
  return { name: policy.name, bytes, digest: await digestOf(bytes), reward };
}

/** What stands beside the policy in the folder that `metalore train` wrote. */
async function rewardOfTraining({ url }: ServedPolicy): Promise<RewardFields | undefined> {
  const folder = url.replace(/[^/]*$/, '');
  const served = servedRuns.list.flatMap((run) => run.files.map(({ path }) => servedRuns.url(run, path)));
  if (!['manifest.json', 'scenario.json'].every((name) => served.includes(folder + name))) return undefined;
  const read = async (name: string): Promise<unknown> => {
    const bytes = await servedRuns.read(folder + name);
    return JSON.parse(new TextDecoder().decode(bytes));
  };
  const { kind } = (await read('manifest.json')) as { kind?: unknown };
  return kind === 'train' ? rewardOf(await read('scenario.json')) : undefined;
}

/**
 * Reads the served policies that a link refers to. One that is not served here is left out: whoever needs it says so.
 *
 * @throws Error a policy of that name is served with other contents
 */
export async function resolveServed(references: readonly ServedReference[]): Promise<HeldFile[]> {
  await servedRuns.loaded;
  const files: HeldFile[] = [];
  for (const { name, digest } of references) {
    const found = runPolicies.list.find((policy) => policy.name === name);
    if (found === undefined) continue;
    const file = await readServed(found);
    if (digest !== '' && file.digest !== '' && file.digest !== digest) {
      throw new Error(`${name} is served with other contents than when the link was made`);
    }
    files.push(file);
  }
  return files;
}

/** 16 hexadecimal digits. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  // plain HTTP from another machine: no Web Crypto there
  if (globalThis.crypto?.subtle === undefined) return '';
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(hash).subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
