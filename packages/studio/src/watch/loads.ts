import type { RunFrame } from '../simulation/protocol.js';
import type { History } from './history.js';

/** Offered against available, on average over the last steps. */
export interface Load {
  readonly offered: number;
  readonly available: number;
  /** Their ratio: above 1 a queue grows. */
  readonly ratio: number;
}

/** How much of what they get requests and updates need. */
export interface Loads {
  /** Mbit a step. */
  readonly requestRadio: Load;
  readonly updateRadio: Load;
  /** Units a step; only what the radio lets through is offered to the server. */
  readonly requestServer: Load;
  readonly updateServer: Load;
}

const WINDOW = 20;

export function loadsOf(frame: RunFrame, history: History): Loads {
  const recent = (name: Parameters<History['recent']>[0]) => history.recent(name, WINDOW);
  const { scenario, cells } = frame;
  const units = cells.reduce((sum, cell) => sum + cell.computeUnits, 0);
  const share = recent('rhoP');
  const requestRadio = load(recent('requestMbit'), recent('requestRateMbit'));
  const updateRadio = load(recent('updateMbit'), recent('updateRateMbit'));
  const through = ({ ratio }: Load) => (ratio > 1 ? 1 / ratio : 1);
  return {
    requestRadio,
    updateRadio,
    requestServer: load(
      scenario.serving === undefined ? recent('requestUnits') * through(requestRadio) : recent('edgeUnits'),
      share * units,
    ),
    updateServer: load(recent('updateUnits') * through(updateRadio), (1 - share) * units),
  };
}

function load(offered: number, available: number): Load {
  return { offered, available, ratio: offered > 0 ? offered / available : 0 };
}
