import { RandomStream } from '@metalore/core/random';
import { hashDistance } from '@metalore/core/lifecycle';
import { decodeFunctionResult, encodeFunctionData } from 'viem';
import { expect, it } from 'vitest';
import { REGISTRY_ABI } from './artefacts.js';
import { Chain, REGISTRY } from './chain.js';

it('the registry counts the bits in which 1,000 pairs of hashes differ', async () => {
  const stream = new RandomStream(1, 'pairs of hashes');
  const chain = await Chain.create({ start: 0, deposit: 1n, tau: 10 }, new Map());
  const hash = (): bigint => {
    let value = 0n;
    for (let k = 0; k < 64; k++) value = value * 2n + BigInt(stream.integer(2));
    return value;
  };
  const pairs = [[0n, 0n], [0n, (1n << 64n) - 1n], ...Array.from({ length: 998 }, () => [hash(), hash()])];
  const call = { abi: REGISTRY_ABI, functionName: 'leastDistance' } as const;
  for (const [one, other] of pairs) {
    const others = [one ^ ((1n << 64n) - 1n), one];
    const data = await chain.call(REGISTRY, encodeFunctionData({ ...call, args: [others, other] }));
    const bits = (one ^ other).toString(2).replaceAll('0', '').length;
    expect(decodeFunctionResult({ ...call, data })).toBe(BigInt(Math.min(bits, 64 - bits)));
    expect(hashDistance(one, other)).toBe(bits);
  }
});
