import type { RandomStream } from '../../random/index.js';
import type { AuctionInstance } from '../instance.js';

/**
 * A small market of a kind that finds mistakes: few vehicles, tight and loose deadlines, large and small rest, and with
 * `coarse` values on a grid that makes ties and zeros common.
 */
export function randomMarket(
  stream: RandomStream,
  { most = 4, coarse = false }: { most?: number; coarse?: boolean } = {},
): AuctionInstance {
  const draw = (low: number, high: number): number => low + (high - low) * stream.uniform();
  const unit = (): number => (coarse ? stream.integer(3) / 2 : stream.uniform());
  const vehicles = 1 + stream.integer(most);
  const simulators = 1 + stream.integer(most);
  const tail = draw(1.2, 4);
  return {
    cycleS: draw(1, 3),
    bandwidthHz: 20e6,
    computeHz: 16e9,
    simulationValue: [0, 0.05, 0.25, 1, 3][stream.integer(5)],
    prior: {
      tail,
      taskValueMean: 0.5,
      drivingMatch: stream.integer(2) === 0 ? null : draw(0, 5),
      remainingMean: draw(0, 0.3),
    },
    vehicles: Array.from({ length: vehicles }, () => ({
      snrDb: coarse ? 10 : draw(5, 25),
      usefulness: unit(),
      tasks: Array.from({ length: stream.integer(most + 1) }, () => ({
        bits: coarse ? 2e7 : draw(10e6, 50e6),
        cyclesPerBit: coarse ? 160 : draw(60, 240),
        deadlineS: coarse ? 1 + stream.integer(3) : draw(0.6, 3),
        value: unit(),
      })),
    })),
    matches: Array.from({ length: vehicles }, () =>
      Array.from({ length: simulators }, () =>
        coarse ? stream.integer(3) : (1 - 1 / tail) * Math.pow(1 - stream.uniform(), -1 / tail),
      ),
    ),
  };
}
