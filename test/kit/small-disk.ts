import { spawnSync } from 'node:child_process'

// an unprivileged user becomes root in a user namespace of its own
export const NAMESPACE = process.getuid?.() === 0 ? '-m' : '-rm'

/** Whether a process may mount a file system of its own here: a small one in memory, which fills up as a disk does. */
export const hasNamespaces = spawnSync('unshare', [NAMESPACE, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
