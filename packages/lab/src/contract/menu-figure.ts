import { modelOf } from '@metalore/core/contract';
import type { ContractInstance, ContractSolution } from '@metalore/core/contract';
import { palette, Plot, renderSvg } from '../figures/render.js';

const POINTS = 120;
/** More types than this are drawn without curves of their own. */
const MOST_CURVES = 8;

/**
 * A menu in the plane of Mbit and payment: its items, and through what each type takes the curve of all items that it
 * likes as much. Where the menu keeps the types apart, no item lies above another type's curve.
 */
export function menuFigure(instance: ContractInstance, solution: ContractSolution): string {
  const model = modelOf(instance);
  const items = solution.menu.flatMap((item, type) =>
    item === null ? [] : [{ ...item, type: `type ${type}`, label: String(type) }],
  );
  const largest = Math.min(instance.maxMbit, 1.15 * Math.max(...items.map(({ mbit }) => mbit), 1e-9));
  const highest = 1.15 * Math.max(...items.map(({ payment }) => payment), 1e-9);
  const served = instance.types.map((_type, type) => type).filter((type) => solution.choices[type] !== null);
  const drawn = served.length <= MOST_CURVES ? served : [];
  const curves = drawn.flatMap((type) =>
    Array.from({ length: POINTS + 1 }, (_, k) => {
      const mbit = (largest * k) / POINTS;
      const payment = solution.providerUtility[type] + model.cost(mbit) / instance.types[type].efficiency;
      return { mbit, payment, type: `type ${type}` };
    }).filter(({ payment }) => payment <= highest),
  );
  return renderSvg({
    title: `Menu by ${solution.method}, utility ${solution.utility.toFixed(4)}`,
    x: { label: 'data, Mbit', domain: [0, largest], grid: true },
    y: { label: 'payment', domain: [0, highest], grid: true },
    color: {
      domain: drawn.map((type) => `type ${type}`),
      range: palette.slice(0, drawn.length),
      legend: drawn.length > 0,
    },
    marks: [
      Plot.line(curves, { x: 'mbit', y: 'payment', stroke: 'type', strokeWidth: 1.5 }),
      Plot.dot(items, { x: 'mbit', y: 'payment', fill: 'black', r: 3.5 }),
      Plot.text(items.length <= 2 * MOST_CURVES ? items : [], {
        x: 'mbit',
        y: 'payment',
        text: 'label',
        dx: 9,
        dy: 9,
      }),
    ],
  });
}
