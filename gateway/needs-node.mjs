/**
 * The first thing that runs, before anything is imported: on an older Node the dependencies end with a stack that says nothing.
 * Written in what every Node with modules reads, so nothing newer than 2019, and plain JavaScript, because `npm start` runs it
 * before there is a build.
 */

/** What to say about this Node, `process.version` of it; undefined: it will do. */
export function nodeProblem(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return undefined
  return 'im-chat needs Node 20.19 or newer; this is ' + version.replace(/^v/, '') + '.'
}

const problem = nodeProblem(process.version)
if (problem !== undefined) {
  console.error(problem)
  process.exit(1)
}
