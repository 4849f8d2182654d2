import type { UrllcInstance, UrllcSolution } from '@metalore/core/urllc';
import { Plot, renderSvg } from '../figures/render.js';

const PARTS = ['local processing', 'transmission', 'edge processing'] as const;

/** Latency of every device by part; cached devices are marked. */
export function latencyFigure(instance: UrllcInstance, solution: UrllcSolution): string {
  const bars = solution.ue.flatMap((device, index) => {
    const { C } = instance.ue[index];
    const local = device.local > 0 ? (1e3 * device.local * C) / (device.localHz * (1 - instance.devUe)) : 0;
    const share = device.cached ? 1 : 1 - device.local;
    const edge = share > 0 ? (1e3 * share * C) / (device.edgeHz * (1 - instance.devEs)) : 0;
    const parts = [local, Math.max(0, device.latencyMs - local - edge), edge];
    return PARTS.map((part, k) => ({
      device: `${index}${device.cached ? ' cached' : ''}`,
      part,
      latency: parts[k],
    }));
  });
  const devices = bars.filter((_bar, k) => k % 3 === 0).map(({ device }) => device);
  return renderSvg({
    title: `Latency per device, ${solution.totalMs.toFixed(3)} ms in all`,
    height: 60 + 22 * devices.length,
    marginLeft: 80,
    x: { label: 'latency, ms', grid: true },
    y: { label: 'device', domain: devices },
    color: { domain: [...PARTS], legend: true },
    marks: [Plot.barX(bars, { x: 'latency', y: 'device', fill: 'part' }), Plot.ruleX([0])],
  });
}
