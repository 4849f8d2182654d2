import type { Colours } from '../shared/theme.svelte.js';
import type { DeviceFrame, Inspected, RunFrame } from '../simulation/protocol.js';

/** All devices, those of one kind, or sensors of which the twin knows too little. */
export type Shown = 'all' | 'users' | 'sensors' | 'stale';

/** What a map shows beside the frame. */
export interface MapScene {
  readonly area: { readonly widthM: number; readonly heightM: number };
  readonly run: RunFrame;
  /** Where UEs were a step before, and how far the step has come, 0 to 1. */
  readonly before: DeviceFrame | undefined;
  readonly progress: number;
  /** Seconds, for what travels along the links; 0 stands still. */
  readonly clock: number;
  readonly inspected: Inspected | undefined;
  /** Whether the ages of sensor data are drawn by place. */
  readonly showAges: boolean;
  /** Age from which on what the twin believes of a sensor is too old, steps; undefined: beliefs are not drawn. */
  readonly believedFor: number | undefined;
  /** Which devices are drawn. */
  readonly shown: Shown;
  /** Device pixels in a pixel of the page. */
  readonly ratio: number;
  readonly colours: Colours;
}
