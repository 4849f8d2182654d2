export { ADAPTIVE_CEM, ADAPTIVE_OBSERVATION, RECIPES, type Recipe } from './adaptive.js';
