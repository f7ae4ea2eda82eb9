#!/usr/bin/env node
import './needs-node.mjs'

/** A dynamic import: Node reads static ones before the first line runs, and an older Node fails at them before the check can say why. */
export const started: Promise<unknown> = import('./run.ts')
