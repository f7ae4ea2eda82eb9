import type { TimelineView } from './types.ts'

/** Where nothing is known yet, or nothing is shown any more. */
export const NO_TIMELINE: TimelineView = { messages: [], hasOlder: false, isLoadingOlder: false, isLoaded: false }
