import { z } from 'zod';

/** Schema of an option that may fall over the training. */
export const schedule = (initial: number, description: string) =>
  z
    .union([z.number().min(0), z.strictObject({ initial: z.number().min(0), final: z.number().min(0) })])
    .default(initial)
    .describe(`${description}; {initial, final} falls linearly over the training`);

/** Value of a schedule when `progress`, in [0, 1], of the training is done. */
export function scheduled(value: number | { initial: number; final: number }, progress: number): number {
  return typeof value === 'number' ? value : value.initial + (value.final - value.initial) * progress;
}
