import { z } from 'zod';
import { MAX_NAME } from '../message/names.js';

/** Any JSON value. */
const json = z.any();
const name = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .regex(/^(?!__proto__$)[^\u0000-\u001f\u007f-\u00ff/]+$/);

export const jsonSchema = json;
export const propertiesSchema = z.record(name, json);
export const attributesSchema = z.record(name, json);
export const featureSchema = z.object({
  definition: z.array(z.string()).optional(),
  properties: propertiesSchema.optional(),
  desiredProperties: propertiesSchema.optional(),
});
export const featuresSchema = z.record(name, featureSchema);
export const newThingSchema = z.object({
  thingId: z.string().optional(),
  policyId: z.string().optional(),
  definition: z.string().optional(),
  attributes: attributesSchema.optional(),
  features: featuresSchema.optional(),
});
export const thingSchema = newThingSchema.extend({
  thingId: z.string(),
  _revision: z.int().optional(),
  _created: z.string().optional(),
  _modified: z.string().optional(),
});
