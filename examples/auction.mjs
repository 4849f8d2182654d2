// An auction, and whether it pays to lie in it: the search finds a lie that pays where the winner pays its own bid.
import {
  drawAuctionInstance,
  firstScore,
  mtepvisaChoice,
  runAuction,
  searchLies,
} from '@metalore/core/auction';

const market = drawAuctionInstance({ seed: 1, vehicles: 6, simulators: 4 });
for (const mechanism of [mtepvisaChoice, firstScore]) {
  const { winner, price, surplus } = runAuction(market, mechanism);
  const { tried, best } = searchLies(market, mechanism, { kinds: ['bid'] });
  const lie = best.get('bid');
  const found = lie ? `one pays ${lie.gain.toFixed(3)}: ${lie.lie.text}` : 'none pays';
  console.log(
    `${mechanism.name}: vehicle ${winner} pays ${price.toFixed(3)}, surplus ${surplus.total.toFixed(3)}`,
  );
  console.log(`  of ${tried} false bids ${found}`);
}

// Prints:
//   mtepvisa-choice: vehicle 5 pays 2.669, surplus 3.435
//     of 186 false bids none pays
//   first-score: vehicle 5 pays 3.394, surplus 3.435
//     of 186 false bids one pays 0.726: vehicle 5 bids 2.6685269
