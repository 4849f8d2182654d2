import { parseJson } from './bounded-json.js';
import { checkThingId, isThingId, quote } from './names.js';
import { Refusal } from './refusal.js';
import { readDitto } from './ditto.js';
import { readRequest, type LiveRequest } from './request.js';
import { readSenml } from './senml.js';
import { readState } from './state.js';
import type { Announcement, Update } from './update.js';

/** What a message on one of our topics says. */
export interface Message {
  readonly updates?: readonly Update[];
  readonly announcement?: Announcement | undefined;
  readonly request?: LiveRequest;
}

/** Topics that devices send to, for a subscription at a broker of one's own. */
export const INBOUND_TOPICS = ['things/+/state', 'things/+/senml', 'things/+/ditto', 'requests/+'];

/** Whether only we speak on this topic. */
export function isOurs(topic: string): boolean {
  return (
    /^(replies|control|alarms)\//.test(topic) || (topic.startsWith('things/') && topic.endsWith('/receipt'))
  );
}

/**
 * Reads a message by its topic.
 *
 * @throws Refusal for a topic that is none of {@link INBOUND_TOPICS}, and for what its payload does not say
 */
export function readMessage(topic: string, payload: Uint8Array, now: number): Message {
  const [root, id, form, ...rest] = topic.split('/');
  if (root === 'requests' && id !== undefined && form === undefined) {
    if (!isThingId(id)) throw new Refusal('name', `${quote(id)} is no name of a UE`);
    return { request: readRequest(id, parseJson(payload), now) };
  }
  if (root !== 'things' || rest.length > 0 || !['state', 'senml', 'ditto'].includes(form)) {
    throw new Refusal('topic', `${quote(topic)}; accepted: ${INBOUND_TOPICS.join(', ')}`);
  }
  checkThingId(id);
  const message = parseJson(payload);
  if (form === 'senml') return { updates: readSenml(id, message, now) };
  if (form === 'state') return { updates: [readState(id, message, now)] };
  const { announcement, update } = readDitto(id, message, now);
  return { announcement, updates: update === undefined ? [] : [update] };
}
