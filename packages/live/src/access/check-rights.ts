import { Refusal } from '../message/refusal.js';
import type { Message } from '../message/topic.js';
import type { Rights } from './gate.js';
import { WHOLE_VIEW } from './view.js';

/**
 * Checks a message against what its sender may do with the parts of things.
 *
 * @throws Refusal it may not all be said or asked; the denial is audited
 */
export function checkRights({ request, announcement, updates = [] }: Message, rights: Rights): void {
  const deny = (what: string, part: string) => {
    rights.deny(`${what} ${part}`);
    return new Refusal('denied', `a policy does not grant it to ${what} ${part}`);
  };
  if (request !== undefined) {
    const mayRead = rights.view(request.thing).grantsAny('READ', ['features']);
    if (!mayRead || !rights.mayAsk(request.thing)) throw deny('ask', request.thing);
  }
  if (announcement !== undefined) {
    const view = rights.view(announcement.thing);
    const part = Object.keys(announcement.document).find((name) => !view.grantsAll('WRITE', [name]));
    if (part !== undefined) throw deny('write', `${announcement.thing}/${part}`);
  }
  for (const { thing, features } of updates) {
    const view = rights.view(thing);
    if (view === WHOLE_VIEW) continue;
    for (const [feature, values] of Object.entries(features)) {
      for (const property of Object.keys(values)) {
        if (view.grantsAll('WRITE', ['features', feature, 'properties', property])) continue;
        throw deny('write', `${thing}/features/${feature}/${property}`);
      }
    }
  }
}
