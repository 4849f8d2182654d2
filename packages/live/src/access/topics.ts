import type { Need } from './roles.js';

/** What a topic asks of a client, and whose it is if it is a device's. */
export interface TopicNeed {
  readonly need: Need;
  readonly own?: string;
}

/** To publish. A UE asks on its own topic; others who may read, on any. */
export function needToSay(topic: string): TopicNeed {
  const [root, id = ''] = topic.split('/');
  if (root === 'requests' || root === 'things') return { need: 'write', own: id };
  return { need: 'operate' };
}

/** To subscribe. How bandwidth is split is for everybody; a device hears what is said to it alone. */
export function needToHear(filter: string): TopicNeed {
  const [root, id = '', form] = filter.split('/');
  if (root === 'control') return { need: 'nothing' };
  const isOne = id !== '' && !/[+#]/.test(filter);
  if (isOne && (root === 'replies' || (root === 'things' && form === 'receipt')))
    return { need: 'hear', own: id };
  return { need: 'read' };
}
