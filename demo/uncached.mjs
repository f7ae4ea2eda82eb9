/** For `npm run dev`: makes browsers request every script again, so that a reload shows the last build. */
import { ServerResponse } from 'node:http'

const { writeHead } = ServerResponse.prototype

ServerResponse.prototype.writeHead = function (status, ...rest) {
  if (this.hasHeader('cache-control')) this.setHeader('cache-control', 'no-cache')
  return writeHead.call(this, status, ...rest)
}
