import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const numbers = z.array(z.number()).min(1);
const count = z.int().positive();

const schema = z.strictObject({
  roundsPerBatch: count,
  batches: z.strictObject({ figure14: count, map: count, adverse: count, alpha: count, settings: count }),
  quickBatches: count,
  figure14: z.strictObject({ vehicles: numbers }),
  map: z.strictObject({ tasksPerVehicle: numbers, simulationValue: numbers }),
  adverse: z.strictObject({ simulators: numbers }),
  alpha: z.strictObject({ simulators: numbers, alphas: numbers }),
  settings: z.array(z.strictObject({ name: z.string(), change: z.record(z.string(), z.number()) })),
  lies: z.array(z.strictObject({ mechanism: z.string(), kind: z.enum(['bid', 'shill', 'hide', 'report']) })),
  paper: z.strictObject({ improvement: z.string() }),
});

/** What `studies/auction.yaml` says. */
export type AuctionStudyData = z.infer<typeof schema>;

/** @throws InvalidInputError */
export function readStudyData(): AuctionStudyData {
  return readStudy('auction', schema);
}
