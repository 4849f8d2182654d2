export {
  GradientAscent,
  gradientOptionsSchema,
  type DifferentiableEnvironment,
  type GradientInput,
  type GradientOptions,
} from './gradient-ascent.js';
