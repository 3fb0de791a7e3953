import type { Backend } from '../shared/backend.ts';
import { lockRoute } from '../shared/lockRoute.ts';

/** `lock`: a host keeps newcomers out of the meeting. */
export const createLock = (backend: Backend) => lockRoute(backend, 'locked');
