import { mobilityModels, type Field, type Mobility, type MobilitySeed } from '@metalore/core/mobility';
import type { Scenario } from '@metalore/core/scenario';
import type { DeviceKind } from '@metalore/core/submetaverse';
import type { Place } from '../twin/place.js';

/**
 * Moves as the scenario says, from where devices are known to be; those of whom nothing is known, from a drawn place. Where
 * somebody was heading is not known: they set out anew.
 */
export class FromKnownPlaces implements Mobility {
  #own: Mobility;

  constructor(
    readonly scenario: Scenario,
    readonly kind: DeviceKind,
    readonly places: readonly (Place | undefined)[],
  ) {
    this.#own = this.#make();
  }

  get moves(): boolean {
    return this.#own.moves;
  }

  reset(field: Field, seed: MobilitySeed): void {
    const { widthM, heightM } = this.scenario.area;
    const drawn = this.#make();
    drawn.reset(field, seed);
    this.places.forEach((place, device) => {
      if (place === undefined) return;
      field.x[device] = Math.min(widthM, Math.max(0, place.xM));
      field.y[device] = Math.min(heightM, Math.max(0, place.yM));
    });
    this.#own = this.#make();
    this.#own.takeOver?.(drawn, field, seed);
  }

  move(field: Field, step: number, active: number): void {
    this.#own.move(field, step, active);
  }

  #make(): Mobility {
    const {
      model,
      positions: _known,
      ...options
    } = this.scenario[`${this.kind}s`].mobility as {
      model: string;
      positions?: unknown;
    };
    return mobilityModels.get(model, 'mobility.model')(options as never);
  }
}
