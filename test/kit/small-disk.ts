import { spawnSync } from 'node:child_process'

// whoever is not root is root of a namespace of users
export const NAMESPACE = process.getuid?.() === 0 ? '-m' : '-rm'

/** Whether a process may have a file system of its own here: a small one in memory, that fills up as a real disk does. */
export const hasNamespaces = spawnSync('unshare', [NAMESPACE, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
