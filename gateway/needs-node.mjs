/**
 * Checks the version of Node. It runs before anything is imported, because on an older Node the dependencies fail with a stack that does
 * not say why. It uses no syntax newer than 2019, so that every Node with modules can read it, and it is plain JavaScript because
 * `npm start` runs it before there is a build.
 */

/** The sentence for a Node of this `process.version` that is too old; undefined: it is new enough. */
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
