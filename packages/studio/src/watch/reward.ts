/** What a request is worth (paper 000, eqs. 5-7), as a scenario's `reward` has it. */
export interface RewardFields {
  readonly model?: string;
  readonly baseReward: number;
  readonly eta: number;
  readonly latePenalty: number;
  readonly lateThresholdSteps: number;
}

/** A reward in short. */
export function rewardText({
  model,
  baseReward,
  eta,
  latePenalty,
  lateThresholdSteps,
}: RewardFields): string {
  const own = model === undefined || model === 'age-discounted' ? '' : `${model} `;
  return `${own}c1 = ${baseReward}, η = ${eta}, c2 = ${latePenalty}, D_th = ${lateThresholdSteps}`;
}

const FIELDS = ['baseReward', 'eta', 'latePenalty', 'lateThresholdSteps'] as const;

/** The reward of a scenario as a file holds it; undefined where it names none. */
export function rewardOf(scenario: unknown): RewardFields | undefined {
  const reward = (scenario as { reward?: Record<string, unknown> } | null)?.reward;
  return reward && FIELDS.every((name) => Number.isFinite(reward[name]))
    ? (reward as unknown as RewardFields)
    : undefined;
}
