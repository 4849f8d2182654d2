import { runtimeS, utility, type ProviderInstance } from '../index.js';

/** What {@link replay} counts. */
export interface Replay {
  reward: number;
  accepted: number;
  dropped: number;
  lost: number;
  finished: number;
  crashes: number;
  completedValue: number;
}

interface Job {
  readonly task: number;
  readonly steps: number;
  readonly value: number;
  begin: number;
  end: number;
}

/** The model once more, with lists and without haste: given choices, provider by provider. −1 turns a task away. */
export function replay(
  { providers, tasks, runtime, crash, reward }: ProviderInstance,
  choices: readonly number[],
): Replay {
  const counts: Replay = {
    reward: 0,
    accepted: 0,
    dropped: 0,
    lost: 0,
    finished: 0,
    crashes: 0,
    completedValue: 0,
  };
  const running: Job[][] = providers.map(() => []);
  const finish = (now: number): void =>
    running.forEach((jobs, j) => {
      for (const job of jobs.filter(({ end }) => end <= now)) {
        counts.finished++;
        counts.completedValue += job.value;
        if (reward === 'completion') counts.reward += job.value;
      }
      running[j] = jobs.filter(({ end }) => end > now);
    });
  tasks.forEach(({ atS, steps }, task) => {
    finish(atS);
    const j = choices[task];
    if (j < 0) {
      counts.dropped++;
      return;
    }
    const used = running[j].reduce((sum, job) => sum + job.steps, 0);
    const job = {
      task,
      steps,
      value: utility(providers[j], steps),
      begin: atS,
      end: atS + runtimeS(runtime, steps),
    };
    if (used + steps <= providers[j].capacity) {
      running[j].push(job);
      counts.accepted++;
      if (reward === 'acceptance') counts.reward += job.value;
      return;
    }
    counts.crashes++;
    counts.dropped++;
    const progress = running[j].map(({ begin, end }) => (atS - begin) / (end - begin));
    counts.reward -= crash.cost * (1 + progress.reduce((sum, done) => sum + 1 - done, 0));
    if (crash.mode === 'restart') {
      for (const other of running[j]) {
        other.end = atS + (other.end - other.begin);
        other.begin = atS;
      }
    } else {
      counts.lost += running[j].length;
      running[j] = [];
    }
  });
  finish(Infinity);
  return counts;
}
