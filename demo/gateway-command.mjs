#!/usr/bin/env node
/** `npx im-chat` of the package for pages: starts the gateway where its package is installed, and else says how to get it. */
try {
  await import('im-chat-gateway/main')
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes("'im-chat-gateway'")) throw error
  console.error(
    'The gateway is a package of its own, which is not installed here. `npx im-chat-gateway` starts it; `npm install im-chat-gateway` adds it.',
  )
  process.exitCode = 1
}
