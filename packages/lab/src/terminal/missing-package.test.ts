import { expect, it } from 'vitest';
import { missingPackage } from './missing-package.js';

it('says what to install of what is optional, and takes no other error for that', () => {
  const missing = (name: string) => new Error(`Cannot find package '${name}' imported from /somewhere.js`);
  expect(missingPackage(missing('sharp'))).toMatchObject({
    message: 'this needs the package sharp, which is not installed',
    hint: expect.stringMatching(/^npm install sharp@\d+\.\d+\.\d+$/) as string,
  });
  expect(missingPackage(missing('@metalore/chain'))?.hint).toMatch(/^npm install @metalore\/chain@\d/);
  expect(missingPackage(missing('yaml'))).toBeUndefined();
  expect(missingPackage(new Error('sharp'))).toBeUndefined();
});
