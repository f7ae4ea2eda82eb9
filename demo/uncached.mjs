/** For `npm run dev`: a browser asks for each script each time, so that a reload shows what was built last. */
import { ServerResponse } from 'node:http'

const { writeHead } = ServerResponse.prototype

ServerResponse.prototype.writeHead = function (status, ...rest) {
  if (this.hasHeader('cache-control')) this.setHeader('cache-control', 'no-cache')
  return writeHead.call(this, status, ...rest)
}
