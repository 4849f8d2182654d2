import type { AuctionStudyData } from './data.js';

/** A batch of rounds of one kind of market. */
export interface AuctionCell {
  readonly group: 'figure14' | 'map' | 'adverse' | 'alpha' | 'settings';
  /** Changes to the base market. */
  readonly change: Readonly<Record<string, number>>;
  /** Name of a setting; empty elsewhere. */
  readonly setting: string;
  readonly batch: number;
  readonly rounds: number;
  /** Price scaling factors to compare; empty for α* alone. */
  readonly alphas: readonly number[];
  readonly lies: AuctionStudyData['lies'];
}

/** Every cell of the study. The same seeds are used in every kind of market, so that kinds compare in pairs. */
export function auctionCells(data: AuctionStudyData, quick: boolean): AuctionCell[] {
  const { roundsPerBatch: rounds, batches, quickBatches } = data;
  const cells = (
    group: AuctionCell['group'],
    change: AuctionCell['change'],
    more: Partial<AuctionCell> = {},
  ): AuctionCell[] =>
    Array.from({ length: quick ? quickBatches : batches[group] }, (_, batch) => ({
      ...{ group, change, setting: '', batch, rounds, alphas: [], lies: [] },
      ...more,
    }));
  return [
    ...data.figure14.vehicles.flatMap((vehicles) => cells('figure14', { vehicles })),
    ...data.map.tasksPerVehicle.flatMap((tasksPerVehicle) =>
      data.map.simulationValue.flatMap((simulationValue) =>
        cells('map', { tasksPerVehicle, simulationValue }),
      ),
    ),
    ...data.adverse.simulators.flatMap((simulators) => cells('adverse', { simulators })),
    ...data.alpha.simulators.flatMap((simulators) =>
      cells('alpha', { simulators }, { alphas: data.alpha.alphas }),
    ),
    ...data.settings.flatMap(({ name, change }) =>
      cells('settings', change, { setting: name, lies: data.lies }),
    ),
  ];
}
