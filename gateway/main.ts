#!/usr/bin/env node
import './needs-node.mjs'

/** Not a static import: those are read before the first line runs, and an older Node would fail at them without a sentence. */
export const started: Promise<unknown> = import('./run.ts')
