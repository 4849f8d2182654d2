import { Registry, requireFunctions } from '../registry/index.js';
import { checkedMechanism } from './checked.js';
import { mechanisms, type Mechanism } from './mechanism.js';
import { traps } from './traps.js';

/** Mechanisms by the name that `metalore auction --mechanism` takes: the paper's, ours, the traps, and a user's own, checked. */
export const auctionMechanisms = new Registry<Mechanism>(
  'mechanism',
  Object.fromEntries([...mechanisms, ...traps].map((mechanism) => [mechanism.name, mechanism])),
  (mechanism, refuse, name) => {
    requireFunctions(mechanism, ['run'], 'a mechanism { run(market) }', refuse);
    return checkedMechanism({ name, run: (market) => mechanism.run(market) });
  },
);
