// A menu of contracts for sensor data whose sellers know their own costs and the buyer does not.
import { drawContractInstance, solveContract } from '@metalore/core/contract';

const instance = drawContractInstance({ seed: 3 });
const { menu, choices, providerUtility, utility } = solveContract(instance);
menu.forEach((item, type) => {
  const offer = item ? `${item.mbit.toFixed(2)} Mbit for ${item.payment.toFixed(2)}` : 'nothing';
  console.log(
    `type ${type}: ${offer}; takes item ${choices[type] ?? 'none'}, gains ${providerUtility[type].toFixed(3)}`,
  );
});
for (const method of /** @type {const} */ (['linear', 'one-item', 'first-best'])) {
  console.log(
    `${method}: ${((100 * solveContract(instance, method).utility) / utility).toFixed(1)} % of the optimal menu`,
  );
}

// Prints:
//   type 0: 3.46 Mbit for 1.71; takes item 0, gains 0.200
//   type 1: 3.46 Mbit for 1.71; takes item 1, gains 0.248
//   type 2: 3.82 Mbit for 2.02; takes item 2, gains 0.472
//   type 3: 4.09 Mbit for 2.29; takes item 3, gains 0.552
//   linear: 87.4 % of the optimal menu
//   one-item: 99.4 % of the optimal menu
//   first-best: 103.7 % of the optimal menu
