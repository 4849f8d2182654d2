import { z } from 'zod';
import type { Live } from '../service/live.js';
import type { Models } from '../service/settings.js';
import { HttpProblem } from './problem.js';
import { route, type Route } from './route.js';

/** What things look like, by their definition. */
export function modelRoutes(live: Live): Route[] {
  const models = (): Models => live.settings.models ?? new Map();
  return [
    route({
      method: 'get',
      path: '/api/live/models',
      need: 'read',
      summary: 'Names of glTF models: definitions of things, with _ for every colon',
      answers: { 200: z.array(z.string()) },
      handle: () => ({ body: [...models().keys()] }),
    }),
    route({
      method: 'get',
      path: '/api/live/models/{model}',
      need: 'read',
      summary: 'A binary glTF model that holds all it needs',
      answers: { 200: z.string() },
      errors: [404],
      handle: ({ params: { model }, context }) => {
        const bytes = models().get(model);
        if (bytes !== undefined) return context.body(bytes, 200, { 'content-type': 'model/gltf-binary' });
        throw new HttpProblem(404, 'live:model.notfound', 'There is no such model.', 'See /api/live/models.');
      },
    }),
  ];
}
