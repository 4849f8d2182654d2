import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';

/** Names of Stable-Baselines3 for two of the episode metrics; the others keep their own. */
const NAMES: Readonly<Record<string, string>> = { reward: 'ep_rew_mean', length: 'ep_len_mean' };

/** Means of the environments' episode metrics over the last 100 episodes; rewards are those of whole worlds. */
export class EpisodeMeans {
  readonly #window = 100;
  #values: Record<string, number[]> = {};

  /** Takes the metrics of the environments whose episode ended in the step just made. */
  take(environment: VectorEnvironment<ActionSpace>): void {
    const { rowsPerWorld = 1 } = environment;
    for (let env = 0; env < environment.numEnvs; env++) {
      if (environment.truncated[env] === 0 && environment.terminated[env] === 0) continue;
      for (const [name, values] of Object.entries(environment.finalMetrics)) {
        const list = (this.#values[name] ??= []);
        list.push(name === 'reward' ? values[env] * rowsPerWorld : values[env]);
        if (list.length > this.#window) list.shift();
      }
    }
  }

  /** `rollout/…` of every metric: the mean of its numbers, leaving out NaN. */
  record(): Record<string, number> {
    const record: Record<string, number> = {};
    for (const [name, values] of Object.entries(this.#values)) {
      const known = values.filter((value) => value === value);
      record[`rollout/${NAMES[name] ?? name}`] = known.reduce((sum, value) => sum + value, 0) / known.length;
    }
    return record;
  }

  snapshot(): Record<string, (number | null)[]> {
    const copy: Record<string, (number | null)[]> = {};
    for (const [name, values] of Object.entries(this.#values)) {
      copy[name] = values.map((value) => (value === value ? value : null));
    }
    return copy;
  }

  restore(snapshot: Record<string, (number | null)[]>): void {
    this.#values = {};
    for (const [name, values] of Object.entries(snapshot))
      this.#values[name] = values.map((value) => value ?? NaN);
  }
}
