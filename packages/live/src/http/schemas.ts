import { z } from 'zod';
import { MAX_NAME, NAME } from '../message/names.js';

/** Any JSON value. */
export const jsonSchema = z.any();

const name = z.string().min(1).max(MAX_NAME).regex(NAME);
export const propertiesSchema = z.record(name, jsonSchema);
export const attributesSchema = z.record(name, jsonSchema);

const featureFields = {
  definition: z.array(z.string()).nullish(),
  properties: propertiesSchema.nullish(),
  desiredProperties: propertiesSchema.nullish(),
};
export const featureSchema = z.strictObject(featureFields).nullable();
export const featuresSchema = z.record(name, featureSchema);

/** What a thing is made of, when it is put. */
export const newThingSchema = z.strictObject({
  policyId: z.string().nullish(),
  definition: z.string().nullish(),
  attributes: attributesSchema.nullish(),
  features: featuresSchema.nullish(),
});

/** What a thing is, when it is got. */
export const thingSchema = z.looseObject({
  thingId: z.string(),
  policyId: z.string().optional(),
  definition: z.string().optional(),
  attributes: attributesSchema.optional(),
  features: featuresSchema.optional(),
});
