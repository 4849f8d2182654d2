import { expect, it } from 'vitest';
import { expectAgreement } from './testing/agreement.js';

it('5,000 random actions agree with an independent state machine, and lose no wei (part 1 of 2)', async () => {
  const seeds = Array.from({ length: 10 }, (_, k) => 1 * 100 + k);
  const accepted = await expectAgreement(seeds, 500);
  expect(accepted).toBeGreaterThan(1000);
  expect(accepted).toBeLessThan(4000);
}, 120_000);
