import type { ContractInstance } from '../instance.js';

/** The formulas of the problem, written down again. */
export function formulas({ link, cost, value }: ContractInstance) {
  const room = link.bandwidthMhz * link.roundS;
  const gain = 10 ** (link.snrPerWattDb / 10);
  return {
    cost: (q: number): number =>
      (cost.perJoule * link.roundS * (2 ** (q / room) - 1)) / gain + cost.perMbit * q,
    value: (q: number): number => value.scale * Math.log(1 + (1 - value.unusableShare) * q),
    marginalCost: (q: number): number =>
      (cost.perJoule * link.roundS * Math.LN2 * 2 ** (q / room)) / (gain * room) + cost.perMbit,
    marginalValue: (q: number): number =>
      (value.scale * (1 - value.unusableShare)) / (1 + (1 - value.unusableShare) * q),
  };
}

/**
 * The optimum by trying every lowest served type and every way to cut the types above it into groups with one item each:
 * payments from the definition of the binding constraints, q of a group by bisection on the slope of what it is worth, cuts
 * whose q fall left out.
 */
export function bruteForce(instance: ContractInstance): number {
  const { cost, value, marginalCost, marginalValue } = formulas(instance);
  const { types, threshold, maxMbit } = instance;
  const count = types.length;
  const weightOf = (l: number): number => {
    const above = types.slice(l + 1).reduce((sum, type) => sum + type.share, 0);
    const rent = l + 1 < count ? (1 / types[l].efficiency - 1 / types[l + 1].efficiency) * above : 0;
    return types[l].share / types[l].efficiency + rent;
  };
  const weights = types.map((_type, l) => weightOf(l));
  const groups = new Map<string, { q: number; worth: number }>();
  const groupOf = (first: number, last: number): { q: number; worth: number } => {
    const key = `${first}-${last}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const share = types.slice(first, last + 1).reduce((sum, type) => sum + type.share, 0);
    const weight = weights.slice(first, last + 1).reduce((sum, w) => sum + w, 0);
    let low = 0;
    let high = maxMbit;
    for (let step = 0; step < 200; step++) {
      const middle = (low + high) / 2;
      if (share * marginalValue(middle) > weight * marginalCost(middle)) low = middle;
      else high = middle;
    }
    const group = { q: low, worth: share * (value(low) - threshold) - weight * cost(low) };
    groups.set(key, group);
    return group;
  };
  let best = 0;
  for (let lowest = 0; lowest < count; lowest++) {
    for (let cuts = 0; cuts < 2 ** (count - 1 - lowest); cuts++) {
      let worth = 0;
      let before = 0;
      let first = lowest;
      for (let l = lowest; l < count; l++) {
        if (l < count - 1 && ((cuts >> (l - lowest)) & 1) === 0) continue;
        const group = groupOf(first, l);
        worth += group.q < before - 1e-12 ? -Infinity : group.worth;
        before = group.q;
        first = l + 1;
      }
      best = Math.max(best, worth);
    }
  }
  return best;
}
