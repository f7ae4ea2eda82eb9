import type { TimelineView } from './types.ts'

/** Shown before anything is known, and after the person has changed. */
export const NO_TIMELINE: TimelineView = { messages: [], hasOlder: false, isLoadingOlder: false, isLoaded: false }
