/** Every view by the name in its address, in the order of the number keys. */
export const VIEWS = [
  'watch',
  'compare',
  'place',
  'allocate',
  'auction',
  'contract',
  'providers',
  'lifecycle',
  'sense',
  'live',
] as const;
export type View = (typeof VIEWS)[number];

export interface ViewInfo {
  readonly title: string;
  readonly group: 'Sub-metaverse' | 'Edge' | 'Markets' | 'Sensing';
  /** What the view answers. */
  readonly question: string;
  /** Where the model is from. */
  readonly source: string;
  /** Its page in the folder `docs`. */
  readonly docs: string;
}

export const VIEW_INFO: Readonly<Record<View, ViewInfo>> = {
  watch: {
    title: 'Watch',
    group: 'Sub-metaverse',
    question: 'Why do the ages move?',
    source: 'paper 000, eqs 1 to 5',
    docs: 'submetaverse.md',
  },
  compare: {
    title: 'Compare',
    group: 'Sub-metaverse',
    question: 'Which setting or policy is better?',
    source: 'paper 000, Figs 4 and 5',
    docs: 'studio.md',
  },
  live: {
    title: 'Live',
    group: 'Sub-metaverse',
    question: 'How stale is what is known?',
    source: 'paper 000, eq. 1',
    docs: 'live.md',
  },
  place: {
    title: 'Place',
    group: 'Edge',
    question: 'Which server keeps which place?',
    source: 'paper 001',
    docs: 'partition.md',
  },
  allocate: {
    title: 'Allocate',
    group: 'Edge',
    question: 'Who gets how much of what there is?',
    source: 'paper 003',
    docs: 'urllc.md',
  },
  auction: {
    title: 'Auction',
    group: 'Markets',
    question: 'Who gets the cycle, and at what price?',
    source: 'paper 002, second of its four papers, V-C',
    docs: 'auction.md',
  },
  contract: {
    title: 'Contract',
    group: 'Markets',
    question: 'Which menu for whom one does not know?',
    source: 'paper 002, second of its four papers, V-A',
    docs: 'contract.md',
  },
  providers: {
    title: 'Providers',
    group: 'Markets',
    question: 'Which provider gets the task?',
    source: 'paper 002, second of its four papers, V-B',
    docs: 'provider.md',
  },
  lifecycle: {
    title: 'Lifecycle',
    group: 'Markets',
    question: 'Whose is a generated work?',
    source: 'paper 002, second of its four papers, V-D',
    docs: 'lifecycle.md',
  },
  sense: {
    title: 'Sense',
    group: 'Sensing',
    question: 'Where do signals come from?',
    source: 'paper 002, first of its four papers, section IV',
    docs: 'sensing.md',
  },
};

/** Views by what they are about, in the order in which they are offered. */
export const GROUPS = (['Sub-metaverse', 'Edge', 'Markets', 'Sensing'] as const).map((group) => ({
  group,
  views: VIEWS.filter((view) => VIEW_INFO[view].group === group),
}));
