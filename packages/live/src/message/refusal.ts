/** Why a message is not taken: what is counted, logged, and shown by `/api/live/counts`. */
export const REFUSAL_KINDS = [
  'topic',
  'name',
  'size',
  'json',
  'depth',
  'schema',
  'number',
  'past',
  'future',
  'conflict',
  'room',
  'store',
  'denied',
] as const;

export type RefusalKind = (typeof REFUSAL_KINDS)[number];

/** A message that is not taken. It harms nobody but its sender. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
