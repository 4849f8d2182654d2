import type { View } from '../shared/views.js';

/** One step: a state of a view, and what to see there. */
export interface Step {
  readonly title: string;
  /** What stands behind the `#` of the address. */
  readonly shows: string;
  readonly says: string;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  /** What one can say afterwards. */
  readonly learns: string;
  readonly views: readonly View[];
  readonly steps: readonly Step[];
}

/** An episode of the paper's scenario at its end, ruled by `policy` with these changes at once. */
const episode = (policy: string, set = '') =>
  `watch?scenario=paper&seed=1&at=100&run=${policy}${set === '' ? '' : ` [[0,${set}]]`}`;

export const LESSONS: readonly Lesson[] = [
  {
    id: 'ages',
    title: 'Two ages, two shares',
    learns: 'What AoRI and AoSI count, and which share moves which.',
    views: ['watch'],
    steps: [
      {
        title: 'A sub-metaverse',
        shows: 'watch?scenario=paper&seed=1&at=40&run=fixed:0.3,0.3',
        says: 'Users (circles) send requests to the virtual world; sensors (squares) send updates, so that its digital twin stays true. One antenna and one server carry both. Step 40 of 100; press play to go on.',
      },
      {
        title: 'The two ages',
        shows: episode('fixed:0.3,0.3'),
        says: 'AoRI: steps from a request’s creation to its completion. AoSI: how much older than the request the sensor data is that it was served with. Users have 30 % of the band (ρC) and of the server (ρP). AoSI stands near 7 steps; “how” beside a number shows the formula with its values.',
      },
      {
        title: 'Users get more',
        shows: episode('fixed:0.45,0.45'),
        says: 'Now users have 45 % of both. What they got was taken from the sensors: under “Why” updates stand above 100 %, their queue grows, and AoSI is about three times as high.',
      },
      {
        title: 'Sensors get more',
        shows: episode('fixed:0.2,0.2'),
        says: 'Users have 20 %. The updates are quick now, yet AoSI is higher than at 30 %: requests wait, and what they are served with is far newer or older than they are. AoRI is above 20 steps, and fewer requests are served. The best split lies between; it depends on the loads.',
      },
    ],
  },
  {
    id: 'rises',
    title: 'AoSI rises: what an operator does',
    learns: 'Look which load is above 100 %; drop stale updates first, then send fewer, then move the split.',
    views: ['watch', 'compare', 'live'],
    steps: [
      {
        title: 'An alarm: AoSI is at 20 steps',
        shows: episode('fixed:0.45,0.45'),
        says: 'First look under “Why”: which load is above 100 %? Here it is the updates’: more of them arrive than their share carries. Their queue grows, and every update is served after older ones.',
      },
      {
        title: 'First: drop what is out of date',
        shows: episode('fixed:0.45,0.45', '{"sensors.discipline":"freshest"}'),
        says: 'Waiting updates: freshest. A newer update replaces the one of the same sensor that still waits. Nothing else was changed, and AoSI falls from about 20 to below 3 steps: the same traffic, without the stale part.',
      },
      {
        title: 'Or: send fewer updates',
        shows: episode('fixed:0.45,0.45', '{"sensors.count":8}'),
        says: 'Eight sensors in place of fifteen: the updates’ load falls below 100 %, no queue grows, and AoSI is near 1 step. It costs detail: fewer places are sensed.',
      },
      {
        title: 'Or: give back a part of the share',
        shows: episode('fixed:0.3,0.3'),
        says: 'Back to 30 % for users: AoSI is near 7 steps, at the price of slower requests. If requests stood above 100 % instead, the sensors would have to give.',
      },
      {
        title: 'Or: let a rule decide at every step',
        shows: episode('age-aware'),
        says: 'Who splits: age-aware. It gives to the older side, and AoSI is near 6 steps. In short: when AoSI rises, find the load above 100 %; drop stale updates, send fewer, or move the split, in this order of price.',
      },
    ],
  },
  {
    id: 'place',
    title: 'A zone for every server',
    learns: 'Why the best signal is not the best partition.',
    views: ['place'],
    steps: [
      {
        title: 'Every place to the server it hears best',
        shows: 'place?twins=60&spread=310',
        says: 'Sensors crowd in the south-west. The server there gets most of them, and is the slowest to stay in step: its bar is the longest. J, the mean over the servers, is better under “Optimal”: it hands busy places to its neighbours.',
      },
      {
        title: 'The crowd moves together',
        shows: 'place?twins=60&spread=150',
        says: 'The spread of the sensors is halved. Under “Best signal” J nearly doubles: all of the crowd goes to one server. The two cuts that share it lose little.',
      },
      {
        title: 'A server amid the crowd',
        shows: 'place?twins=60&spread=310&servers=750,750;1500,500;500,1500;1500,1500',
        says: 'Server 1 stands in the middle of the crowd, and J rises: heard best at more busy places, it has to keep them all. Near is not enough where a server is short of capacity. Arrow keys move the chosen server; try to find a better place.',
      },
    ],
  },
  {
    id: 'allocate',
    title: 'What one more unit is worth',
    learns: 'A price names the budget to buy, and zero one that is not short.',
    views: ['allocate'],
    steps: [
      {
        title: 'Fifteen devices, one access point',
        shows: 'allocate',
        says: 'Bars show where each latency arises. Green devices are cached at the server and send nothing. “One more unit would save” prices each budget.',
      },
      {
        title: 'Half of the band',
        shows: 'allocate?bandwidthHz=2.5',
        says: 'The total rises, and a MHz of band is worth far more than before: it is what is short now. More cycles at the server would hardly help.',
      },
      {
        title: 'More cache instead',
        shows: 'allocate?bandwidthHz=2.5&cacheBits=120',
        says: 'Twice the cache on the same narrow band: tasks that are cached need no band at all, and the total falls. Budgets stand in for one another; prices tell at what rate.',
      },
    ],
  },
  {
    id: 'markets',
    title: 'Markets in which nobody gains by a lie',
    learns: 'Which price makes the truth the best bid, and what hidden knowledge costs.',
    views: ['auction', 'contract', 'providers', 'lifecycle'],
    steps: [
      {
        title: 'A mechanism that is broken on purpose',
        shows: 'auction?mechanism=first-score&you=3&bid=1.5',
        says: 'The winner pays its own score. Move “You bid” and watch the line: its peak is not at 1, so that a lie can pay for the winner.',
      },
      {
        title: 'The price is the second score',
        shows: 'auction?you=3&bid=1.5',
        says: 'Under mtepvisa the price does not depend on one’s own bid: the line is highest at the truth. No bid gains.',
      },
      {
        title: 'A menu in place of a question',
        shows: 'contract',
        says: 'Providers’ efficiency is hidden. A menu makes each type choose its own item; the more efficient ones keep a rent, the price of not knowing.',
      },
      {
        title: 'What is learnt only afterwards',
        shows: 'providers?sides=crash-avoid,prophet',
        says: 'Press Play. On the left tasks go where nothing crashes; on the right to where the outcome, which nobody knows beforehand, is best. The gap is what learning can win.',
      },
      {
        title: 'Who owns the result',
        shows: 'lifecycle',
        says: 'Ask for a work: contracts register it, sell it by locks that open both or neither, and strike copies.',
      },
    ],
  },
  {
    id: 'sense',
    title: 'Ghosts at an array',
    learns:
      'Antennas a wavelength apart see sources that are not there; spacing or the exact wave removes them.',
    views: ['sense'],
    steps: [
      {
        title: 'Every other antenna',
        shows: 'sense',
        says: 'Three sources, five antennas one wavelength apart. The spectrum has more peaks than sources: ghosts, because two directions give the same phases.',
      },
      {
        title: 'The exact wave',
        shows: 'sense?scan=exact',
        says: 'The same antennas, and the scan uses the spherical wave exactly. Phases of near sources bend, those of ghosts differently: the ghosts sink.',
      },
      {
        title: 'Closer antennas',
        shows: 'sense?antennas=001111100',
        says: 'Five neighbours in the middle, half a wavelength apart: no ghosts with any scan. The price is resolution: the array is shorter, and peaks are wider.',
      },
    ],
  },
];

/** The lesson that speaks of a view. */
export function lessonOf(view: View): Lesson {
  return LESSONS.find(({ views }) => views.includes(view))!;
}
