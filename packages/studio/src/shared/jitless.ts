import { z } from 'zod';

// zod compiles its checks with `new Function` where it may. Our content security policy forbids that, and the attempt alone
// would be reported as a violation. Imported before anything that builds a schema.
z.config({ jitless: true });
