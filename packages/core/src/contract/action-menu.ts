import { rawMenu, structuredMenu, type ContractHead } from './heads.js';
import { modelOf, type ContractInstance } from './instance.js';
import { stateSize } from './draw.js';
import { itemsOf, type ContractItem } from './solution.js';

/** What a policy observes of an instance: the numbers of {@link contractFeatures}. */
export function observationOf({ link, value, types }: ContractInstance): Float64Array {
  const observation = new Float64Array(stateSize(types.length));
  observation.set([link.snrPerWattDb, value.unusableShare, value.scale]);
  types.forEach(({ efficiency, share }, type) => {
    observation[3 + type] = efficiency;
    observation[3 + types.length + type] = share;
  });
  return observation;
}

/** The menu that an action of a head stands for. */
export function menuOfAction(
  instance: ContractInstance,
  head: ContractHead,
  action: ArrayLike<number>,
): ContractItem[] {
  const types = instance.types.length;
  const menu = { mbit: new Float64Array(types), payment: new Float64Array(types) };
  const model = modelOf(instance);
  if (head === 'structured') structuredMenu(model, action, 0, menu);
  else rawMenu(model, instance.maxPayment, action, 0, menu);
  return itemsOf(menu) as ContractItem[];
}
