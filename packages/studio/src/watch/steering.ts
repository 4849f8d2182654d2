import { parsePath } from '@metalore/core/document';
import { commandLine, setOptions } from '../shared/command.js';
import type { Watch } from './watch.svelte.js';

/** What a run is set to now: what it does, and what was chosen for its next step. */
export function settingsOf(watch: Watch, run: number) {
  const plan = watch.runs[run];
  const frame = watch.frame?.runs[run];
  const chosen = (plan?.log ?? []).filter(({ step }) => step <= watch.step);
  const pending = Object.assign(
    {},
    ...chosen.filter(({ step }) => step >= watch.step).map(({ set }) => set ?? {}),
  ) as Record<string, unknown>;
  return {
    policy: chosen.findLast((entry) => entry.policy !== undefined)?.policy ?? plan?.policy ?? '',
    /** Value of a field of the scenario by its dotted path. */
    value(path: string): unknown {
      if (path in pending) return pending[path];
      return parsePath(path).reduce<unknown>(
        (at, part) => (at as Record<string | number, unknown> | undefined)?.[part],
        frame?.scenario,
      );
    },
  };
}

/** The two shares behind `fixed:0.3,0.4`; undefined for another policy. */
export function fixedShares(policy: string): { rhoC: number; rhoP: number } | undefined {
  const match = /^fixed:([\d.]+),([\d.]+)$/.exec(policy);
  return match ? { rhoC: Number(match[1]), rhoP: Number(match[2]) } : undefined;
}

/**
 * The command that computes the same numbers: of the episode as it began, changes at step 0 included. Undefined where the
 * run was changed on the way, or its scenario or policy is not one that the command line knows by name.
 */
export function commandOf(watch: Watch, run: number): string | undefined {
  const plan = watch.runs[run];
  if (plan === undefined || watch.preset === '' || watch.episode > 0 || plan.log.some(({ step }) => step > 0))
    return undefined;
  const policy = plan.log.findLast((entry) => entry.policy !== undefined)?.policy ?? plan.policy;
  if (policy.startsWith('file:')) return undefined;
  const sets = Object.assign({}, ...plan.log.map(({ set }) => set ?? {})) as Record<string, unknown>;
  const options = ['--policy', policy, ...setOptions(sets), '--seed', String(watch.seed)];
  return commandLine('simulate', watch.preset, ...options, '--episodes', '1');
}
