import type { AuctionInstance, AuctionVehicle } from '../instance.js';
import type { LieJudge } from './judge.js';
import { addIdentity, replaceVehicle, reportMatches, type Lie, type LieKind } from './lie.js';

const BID_STEPS = 24;
const NEAR = 1e-6;
/** Up to so many vehicles every pair and every reported match is tried, above only those near the top. */
const SMALL_MARKET = 8;
const NEAR_TOP = 4;
/** Up to so many tasks every set of them is tried, above sets of one or two. */
const SMALL_TASKS = 6;
const REPORT_FACTORS = [0, 0.5, 0.9, 1.1, 2, 3, 10];

/** Every lie of the given kinds that the search tries in a market, in a fixed order. */
export function* liesIn(judge: LieJudge, kinds: readonly LieKind[]): Generator<Lie> {
  const { truth } = judge;
  for (let i = 0; i < truth.vehicles.length; i++) {
    for (const kind of kinds) {
      if (kind === 'bid') yield* bids(judge, i);
      else if (kind === 'shill') yield* shills(truth, i);
      else if (kind === 'hide') yield* hidden(truth, i);
      else if (kind === 'values') yield* values(truth, i);
      else if (kind === 'split') yield* splits(truth, i);
    }
  }
  if (kinds.includes('report')) yield* reports(judge);
  if (kinds.includes('pair')) yield* pairs(judge);
}

/** Bids from 0 to three times the worth of all tasks, and at, above and below a tie with the two best others. */
function* bids(judge: LieJudge, i: number): Generator<Lie> {
  const vehicle = judge.truth.vehicles[i];
  const whole = worth(vehicle);
  const tried = Array.from({ length: BID_STEPS + 1 }, (_, k) => (3 * whole * k) / BID_STEPS);
  const atZero = judge.scoreWithBid(i, 0);
  if (atZero !== undefined) {
    const others = Array.from(judge.honest.scores).filter((_, k) => k !== i);
    for (const score of others.sort((a, b) => b - a).slice(0, 2)) {
      for (const bid of [score - atZero - NEAR, score - atZero, score - atZero + NEAR]) {
        if (bid >= 0) tried.push(bid);
      }
    }
  }
  for (const bid of tried) {
    const statement = { kind: 'bid', vehicles: [i], text: `vehicle ${i} bids ${round(bid)}` } as const;
    yield replaceVehicle(judge.truth, statement, new Map([[i, { vehicle: { ...vehicle, bid } }]]));
  }
}

function* shills(truth: AuctionInstance, i: number): Generator<Lie> {
  const vehicle = truth.vehicles[i];
  for (const share of [0, 0.25, 0.5, 1, 2, 3]) {
    const bid = share * worth(vehicle);
    const text = `vehicle ${i} bids a second time under another name, ${round(bid)}`;
    const numbers = vehicle.tasks.map((_, n) => n);
    yield addIdentity(truth, { kind: 'shill', vehicles: [i], text }, i, { ...vehicle, bid }, numbers);
  }
}

function* hidden(truth: AuctionInstance, i: number): Generator<Lie> {
  const vehicle = truth.vehicles[i];
  for (const { kept, left } of setsOf(vehicle)) {
    const said = withTasks(vehicle, kept);
    const text = `vehicle ${i} hides task${left.length > 1 ? 's' : ''} ${left.join(', ')}`;
    const statement = { kind: 'hide', vehicles: [i], text } as const;
    yield replaceVehicle(truth, statement, new Map([[i, { vehicle: said, tasks: kept }]]));
  }
}

function* values(truth: AuctionInstance, i: number): Generator<Lie> {
  const vehicle = truth.vehicles[i];
  for (const n of [undefined, ...vehicle.tasks.keys()]) {
    for (const factor of [0, 0.5, 2, 10]) {
      const tasks = vehicle.tasks.map((task, k) =>
        n === undefined || k === n ? { ...task, value: factor * task.value } : task,
      );
      const text = `vehicle ${i} says ${factor} times the value of ${n === undefined ? 'every task' : `task ${n}`}`;
      const statement = { kind: 'values', vehicles: [i], text } as const;
      yield replaceVehicle(truth, statement, new Map([[i, { vehicle: { ...vehicle, tasks } }]]));
    }
  }
}

function* splits(truth: AuctionInstance, i: number): Generator<Lie> {
  const vehicle = truth.vehicles[i];
  for (const { kept } of setsOf(vehicle)) {
    const text = `vehicle ${i} appears a second time with ${kept.length === 0 ? 'no tasks' : `tasks ${kept.join(', ')} only`}`;
    const statement = { kind: 'split', vehicles: [i], text } as const;
    yield addIdentity(truth, statement, i, withTasks(vehicle, kept), kept);
  }
}

function* reports(judge: LieJudge): Generator<Lie> {
  const { truth } = judge;
  const rows = [undefined, ...nearTop(judge)];
  for (let j = 0; j < truth.matches[0].length; j++) {
    for (const row of rows) {
      for (const factor of REPORT_FACTORS) yield reportMatches(truth, j, row, factor);
    }
  }
}

/** One of the two bids nothing, or hides everything, for the other. */
function* pairs(judge: LieJudge): Generator<Lie> {
  const { truth, honest } = judge;
  const isSmall = truth.vehicles.length <= SMALL_MARKET;
  for (const i of isSmall ? truth.vehicles.keys() : [honest.winner]) {
    for (const k of truth.vehicles.keys()) {
      if (k === i) continue;
      const vehicle = truth.vehicles[k];
      const said = { kind: 'pair', vehicles: [i, k] } as const;
      const lie = (text: string, change: { vehicle: AuctionVehicle; tasks?: readonly number[] }): Lie =>
        replaceVehicle(truth, { ...said, text }, new Map([[k, change]]));
      yield lie(`vehicle ${k} bids 0 for vehicle ${i}`, { vehicle: { ...vehicle, bid: 0 } });
      yield lie(`vehicle ${k} hides its tasks for vehicle ${i}`, {
        vehicle: { ...vehicle, tasks: [] },
        tasks: [],
      });
    }
  }
}

/** All vehicles of a small market; of a large one the best by score. */
function nearTop({ truth, honest }: LieJudge): number[] {
  const all = truth.vehicles.map((_, i) => i);
  if (truth.vehicles.length <= SMALL_MARKET || honest.scores.length === 0) return all;
  return all.sort((a, b) => honest.scores[b] - honest.scores[a] || a - b).slice(0, NEAR_TOP);
}

/** What to keep when some tasks are left out. */
function* setsOf({ tasks }: AuctionVehicle): Generator<{ kept: number[]; left: number[] }> {
  const all = tasks.map((_, n) => n);
  const pick = (isLeft: (n: number) => boolean) => ({
    kept: all.filter((n) => !isLeft(n)),
    left: all.filter(isLeft),
  });
  if (tasks.length <= SMALL_TASKS) {
    for (let set = 1; set < 1 << tasks.length; set++) yield pick((n) => ((set >> n) & 1) === 1);
    return;
  }
  for (const a of all) {
    for (const b of all.slice(a)) yield pick((n) => n === a || n === b);
  }
}

function withTasks(vehicle: AuctionVehicle, kept: readonly number[]): AuctionVehicle {
  return { ...vehicle, tasks: kept.map((n) => vehicle.tasks[n]) };
}

function worth({ tasks }: AuctionVehicle): number {
  return tasks.reduce((sum, { value }) => sum + value, 0);
}

function round(value: number): string {
  return String(Number(value.toPrecision(8)));
}
