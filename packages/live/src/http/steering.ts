import { InvalidInputError, UnknownNameError } from '@metalore/core/errors';
import { parsePolicy, type Policy } from '@metalore/core/policy';
import { z } from 'zod';
import type { Cell } from '../service/cell.js';
import type { Live } from '../service/live.js';
import { HttpProblem } from './problem.js';
import { route, type Route } from './route.js';

const steeringSchema = z.object({ policy: z.string(), by: z.string(), since: z.int() });

/** What splits bandwidth and compute, and who says so. */
export function steeringRoutes(live: Live): Route[] {
  const cell = () => requireCell(live);
  return [
    route({
      method: 'get',
      path: '/api/live/policy',
      need: 'read',
      summary: 'What splits bandwidth and compute, and who chose it',
      errors: [404],
      answers: { 200: steeringSchema },
      handle: () => ({ body: cell().steering }),
    }),
    route({
      method: 'put',
      path: '/api/live/policy',
      need: 'operate',
      summary: 'Lets a rule split from now on',
      errors: [404],
      body: z.object({ policy: z.string().describe('a rule, as fixed:0.3,0.4 or age-aware') }),
      answers: { 200: steeringSchema },
      handle: ({ body, context }) => {
        const own = cell();
        const { policy } = (body ?? {}) as { policy?: unknown };
        own.steer(parseRule(policy), context.get('caller').name);
        return { body: own.steering };
      },
    }),
    route({
      method: 'delete',
      path: '/api/live/policy',
      need: 'operate',
      summary: 'Back to the policy that it was started with',
      errors: [404],
      answers: { 200: steeringSchema },
      handle: () => {
        const own = cell();
        own.steer(undefined, '');
        return { body: own.steering };
      },
    }),
  ];
}

/** @throws HttpProblem it was started without a scenario */
export function requireCell(live: Live): Cell {
  if (live.cell !== undefined) return live.cell;
  const message = 'There is no cell: it was started without a scenario.';
  throw new HttpProblem(404, 'live:cell.notfound', message, 'Start metalore live with a scenario.');
}

/** @throws HttpProblem it is no rule */
export function parseRule(policy: unknown): Policy {
  try {
    if (typeof policy === 'string') return parsePolicy(policy);
  } catch (error) {
    if (!(error instanceof InvalidInputError || error instanceof UnknownNameError)) throw error;
    throw new HttpProblem(400, 'live:policy.invalid', error.message, 'Give a rule, as fixed:0.3,0.4.');
  }
  throw new HttpProblem(
    400,
    'live:policy.invalid',
    'policy: expected text.',
    'Give a rule, as fixed:0.3,0.4.',
  );
}
