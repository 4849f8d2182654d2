// Who gets the task? A policy of one's own for providers of generated content: the best quality that still has room.
import { createMarket, drawInstance, providerPolicies, simulate, valueOf } from '@metalore/core/provider';

providerPolicies.register('best-with-room', () => ({
  name: 'best-with-room',
  begin() {},
  choose({ market, free, next }) {
    let best = -1; // nobody: the task is turned away
    for (let provider = 0; provider < free.length; provider++) {
      if (free[provider] < market.steps[next]) continue;
      if (best < 0 || valueOf(market, next, provider) > valueOf(market, next, best)) best = provider;
    }
    return best;
  },
}));

const market = createMarket(drawInstance({ seed: 1 }));
for (const name of ['random', 'crash-avoid', 'best-with-room', 'prophet']) {
  const { reward, finished, crashes } = simulate(market, providerPolicies.get(name)());
  console.log(`${name}: reward ${reward.toFixed(0)}, finished ${finished}, crashes ${crashes}`);
}

// Prints:
//   random: reward 205, finished 893, crashes 26
//   crash-avoid: reward 405, finished 1000, crashes 0
//   best-with-room: reward 646, finished 1000, crashes 0
//   prophet: reward 646, finished 1000, crashes 0
