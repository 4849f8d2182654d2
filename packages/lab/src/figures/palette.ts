/** Colours that stay apart for colour-blind readers (Okabe and Ito 2008), in the order in which figures use them. */
export const palette = [
  '#0072B2', // blue
  '#D55E00', // vermilion
  '#009E73', // bluish green
  '#CC79A7', // reddish purple
  '#E69F00', // orange
  '#56B4E9', // sky blue
  '#000000', // black
  '#8C8C00', // olive, in place of their yellow, which is too light for lines on white
] as const;
