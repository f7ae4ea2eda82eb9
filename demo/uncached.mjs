/** For `npm run dev`: a browser asks for each script each time, so that a reload shows what was built last. */
import { ServerResponse } from 'node:http'

const { writeHead } = ServerResponse.prototype

ServerResponse.prototype.writeHead = function (status, ...rest) {
  const headers = rest.at(-1)
  if (headers !== null && typeof headers === 'object' && 'cache-control' in headers) headers['cache-control'] = 'no-cache'
  return writeHead.call(this, status, ...rest)
}
