#!/usr/bin/env node
import './needs-node.mjs'

/** A dynamic import: Node reads static ones before the first line runs, and an older Node fails at them before the check can say why. */
export const started: Promise<unknown> = import('./run.ts').catch((error: NodeJS.ErrnoException) => {
  const [, name] = /Cannot find package '([^']+)'/.exec(error.message) ?? []
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || name === undefined) throw error
  console.error(
    `The gateway needs the package ${name}, which is not installed. Install what it needs: \`npm ci\` in a clone, else \`npm install im-chat-gateway\`.`,
  )
  process.exit(1)
})
