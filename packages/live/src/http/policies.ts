import { z } from 'zod';
import { MAX_POLICIES, policySchema, type Policies } from '../access/policies.js';
import { isObject } from '../message/update.js';
import { HttpProblem } from './problem.js';
import { route, type Route } from './route.js';

const POLICY = '/api/2/policies/{policyId}';

/** Policies as Eclipse Ditto has them: who may read and write which parts of the things of a namespace. */
export function policyRoutes(policies: Policies): Route[] {
  const notFound = (id: string) =>
    new HttpProblem(
      404,
      'policies:policy.notfound',
      `The Policy with ID '${id}' could not be found.`,
      'Check its ID.',
    );
  return [
    route({
      method: 'get',
      path: '/api/2/policies',
      need: 'administer',
      summary: 'Names of all policies',
      answers: { 200: z.array(z.string()) },
      handle: () => ({ body: policies.ids() }),
    }),
    route({
      method: 'get',
      path: POLICY,
      need: 'administer',
      summary: 'A policy',
      answers: { 200: policySchema },
      errors: [404],
      handle: ({ params: { policyId } }) => {
        const policy = policies.get(policyId);
        if (policy === undefined) throw notFound(policyId);
        return { body: policy };
      },
    }),
    route({
      method: 'put',
      path: POLICY,
      need: 'administer',
      summary: 'Makes or replaces a policy, which holds for all things of its namespace from now on',
      body: policySchema.omit({ policyId: true }),
      answers: { 201: policySchema, 204: null },
      errors: [404, 409],
      handle: ({ params: { policyId }, body }) => {
        const read = policySchema.safeParse(
          isObject(body) ? { ...body, policyId: body.policyId ?? policyId } : body,
        );
        if (!read.success) {
          throw new HttpProblem(400, 'policies:policy.invalid', problemOf(read.error), 'Mend it.');
        }
        if (read.data.policyId !== policyId) {
          const message = 'The policyId of the body is another one.';
          throw new HttpProblem(400, 'policies:id.notsettable', message, 'Leave it out.');
        }
        if (policies.get(policyId) === undefined && policies.size >= MAX_POLICIES) {
          const message = `There are ${MAX_POLICIES} policies, and no more are accepted.`;
          throw new HttpProblem(409, 'policies:policy.toomany', message, 'Remove some.');
        }
        return policies.put(read.data) ? { status: 201, body: read.data } : { status: 204 };
      },
    }),
    route({
      method: 'delete',
      path: POLICY,
      need: 'administer',
      summary: 'Removes a policy',
      answers: { 204: null },
      errors: [404],
      handle: ({ params: { policyId } }) => {
        if (!policies.remove(policyId)) throw notFound(policyId);
        return { status: 204 };
      },
    }),
  ];
}

/** The first problem and its place; of a name, why it is none. */
function problemOf({ issues: [issue] }: z.ZodError): string {
  const { message } = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
  return `${issue.path.join('.')}: ${message}`;
}
