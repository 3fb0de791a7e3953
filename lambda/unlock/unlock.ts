import type { Backend } from '../shared/backend.ts';
import { lockRoute } from '../shared/lockRoute.ts';

/** `unlock`: a host lets newcomers in again. */
export const createUnlock = (backend: Backend) => lockRoute(backend, 'unlocked');
