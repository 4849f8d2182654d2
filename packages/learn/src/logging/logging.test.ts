import { describe, expect, it } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.js';
import { readTensorBoard, tensorBoardHeader, tensorBoardRecord } from './tensorboard.js';

describe('CRC-32C', () => {
  it('has the check value and the test vectors of RFC 3720, appendix B.4', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });
});

describe('TensorBoard event files', () => {
  const scalars = { 'rollout/ep_rew_mean': 3307.5, 'train/approx_kl': 0.25 };
  const file = Buffer.concat([
    tensorBoardHeader(1.5e9),
    tensorBoardRecord({ wallTime: 1.5e9 + 0.25, step: 300, scalars: { ...scalars, undefined: NaN } }),
  ]);

  it('begin with a record of field 1, the time, and field 3, the version of the format', () => {
    const data = Buffer.alloc(24);
    data.writeUInt8(0x09, 0);
    data.writeDoubleLE(1.5e9, 1);
    data.set([0x1a, 13, ...Buffer.from('brain.Event:2')], 9);
    expect(file.readUInt32LE(0)).toBe(24);
    expect(file.subarray(12, 36)).toEqual(data);
    expect(file.readUInt32LE(36)).toBe(maskedCrc32c(data));
  });

  it('are read back, without what is not finite', () => {
    expect(readTensorBoard(file)).toEqual([{ wallTime: 1.5e9 + 0.25, step: 300, scalars }]);
  });

  it('show a flipped bit and a missing end', () => {
    for (const at of [3, 9, 20, file.length - 1]) {
      const broken = Uint8Array.from(file);
      broken[at] ^= 4;
      expect(() => readTensorBoard(broken)).toThrow(RangeError);
    }
    expect(() => readTensorBoard(file.subarray(0, file.length - 3))).toThrow('truncated');
  });
});
