import type { Refusal } from '../message/refusal.js';

/** An error as Ditto words it: what `GET /api/2/things/unknown` answers. */
export class HttpProblem extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 426 | 503,
    readonly error: string,
    message: string,
    readonly description: string,
  ) {
    super(message);
    this.name = 'HttpProblem';
  }

  toJSON(): Record<string, unknown> {
    const { status, error, message, description } = this;
    return { status, error, message, description };
  }
}

export function thingNotFound(id: string): HttpProblem {
  return new HttpProblem(
    404,
    'things:thing.notfound',
    `The Thing with ID '${id}' could not be found.`,
    'Check if the ID of your requested Thing was correct.',
  );
}

export function partNotFound(
  kind: 'feature' | 'property' | 'attribute' | 'definition',
  name: string,
): HttpProblem {
  return new HttpProblem(
    404,
    `things:${kind}.notfound`,
    `The ${kind} '${name}' does not exist.`,
    'Check if its name was correct.',
  );
}

/** @param what as in `PUT of plant:pump-1/attributes` */
export function notGranted(what: string): HttpProblem {
  return new HttpProblem(
    403,
    'not.allowed',
    `A policy does not grant ${what}.`,
    'Ask who keeps the policies.',
  );
}

/** What a refused message is over HTTP. */
export function refused({ kind, message }: Refusal): HttpProblem {
  if (kind === 'size') {
    return new HttpProblem(413, 'things:thing.toolarge', message, 'Send less at once.');
  }
  if (kind === 'conflict') return new HttpProblem(409, 'things:thing.conflict', message, 'Count seq up.');
  if (kind === 'name') return new HttpProblem(400, 'things:id.invalid', message, 'Choose another name.');
  return new HttpProblem(400, 'json.invalid', message, 'Check what was sent.');
}
