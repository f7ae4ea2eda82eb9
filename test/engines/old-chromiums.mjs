/**
 * Old headless Chromiums, the stand-ins for the WebViews that phones in use still carry. Each is a plain binary inside a
 * registry package; nothing of the package itself is run. `integrity` pins what was tested.
 *
 *   node test/engines/old-chromiums.mjs            all of them
 *   node test/engines/old-chromiums.mjs 64 83      these; quick when they are there already
 */
import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'

/** major → package, the full version of the engine, and roughly the stock WebView it stands for. */
export const OLD_CHROMIUMS = {
  64: {
    from: 'chrome-aws-lambda@64.0.3264',
    standsFor: 'Android 8.1',
    integrity: 'sha512-3XpUhpg5Qlbq8V/Pk5gzfSqcq3wSlfT1N98yzDY8a+PrrROx9XUCntkg4W1ZmisqLsWhmRLZQrKtDjTRBttwig==',
  },
  66: {
    from: 'chrome-aws-lambda@66.0.3347',
    standsFor: 'Android 9',
    integrity: 'sha512-1RJG31aWQfDshrfE8cG8Uv/KdOcskleRsrrRnOn9zeBz8uxHkujBn697+6lYqLObWOrAIqpUfGdrqvM/rf834w==',
  },
  67: {
    from: 'chrome-aws-lambda@67.0.3372',
    standsFor: 'Android 9',
    integrity: 'sha512-JGB/vPO64wwEBLBRGkZUa9uoJ7sZ/y0wB9/ZAlDS7fYtEOAJUVx7WzcU3hIhfCP4RSBcggS6vbSyx1u+Sgt5+w==',
  },
  71: {
    from: 'chrome-aws-lambda@1.9.1',
    standsFor: 'WebViews between',
    integrity: 'sha512-wLlfhqRfs398CJAGXsJ6px1ujnwMPu4NpFhBOFkDHGdoCXt03j+KCb7HLCk8lS1ASY9k4coXwU44qCahHvKPSA==',
  },
  75: {
    from: 'chrome-aws-lambda@1.14.0',
    standsFor: 'Android 10',
    integrity: 'sha512-c6aeRhu2VS4I9Oj/yCJj6Ruyi4213n9sOBsvNTgyRdfeZbWBIkWs66P8AAlcPWnx1sYiu5gsQO5M+7r43/ImCg==',
  },
  78: {
    from: 'chrome-aws-lambda@1.20.4',
    standsFor: 'WebViews between',
    integrity: 'sha512-+zuq/BO9TpAvlXIpyGto6YytnEe0NBpZS5HVGnaMqRhL0cagDEhrzAYqaQfK4HZnafA7HW1wkFacl7CAI990LQ==',
  },
  80: {
    from: 'chrome-aws-lambda@2.1.1',
    standsFor: 'WebViews between',
    integrity: 'sha512-Wer2QuygxsCov5bM2+8CLa6qYpNsc5AxYTlgTne00aFoxFP491LGJRxOQtGnYtsJP6UG4pB0SfrwTyPnLys1Lw==',
  },
  83: {
    from: 'chrome-aws-lambda@3.1.1',
    standsFor: 'Android 11',
    integrity: 'sha512-ikOcpFgobiiUvDXtBft+jxVz2CsauRV58owDtVyF1ocl/YN+/eqdIrrmbItm3yeJGnb9RtKxzFAqGcpBTQbTCA==',
  },
  88: {
    from: 'chrome-aws-lambda@5.5.0',
    standsFor: 'WebViews between',
    integrity: 'sha512-nYSDzTsVEVsvIFaUUAUN53ulXBLKSRXFS+eVYZOLZD5SA1If59rqBAiy4raMgorQwXWqjSsjK1SF4As+qzPLqA==',
  },
  92: {
    from: 'chrome-aws-lambda@10.1.0',
    standsFor: 'Android 12',
    integrity: 'sha512-NZQVf+J4kqG4sVhRm3WNmOfzY0OtTSm+S8rg77pwePa9RCYHzhnzRs8YvNI6L9tALIW6RpmefWiPURt3vURXcw==',
  },
  108: {
    from: '@sparticuz/chromium@108.0.3',
    standsFor: 'Android 13',
    integrity: 'sha512-vMOWoGKb/zQZ83FoB8GUAx5LzofaeCp0qCSQDkuugx89/CFmgRlUBO3x1Kk/4jwVXeM055UaYvhboaohPpH9zA==',
  },
}

const home = path.resolve(import.meta.dirname, '../../.cache/chromium')

/** Where the binary of that major is once it was fetched. */
export const oldChromium = (major) => path.join(home, String(major), 'chromium')

/** Fetches what is missing; resolves to the paths. */
export async function fetchOldChromiums(majors) {
  for (const major of majors) if (!existsSync(oldChromium(major))) await fetchOne(major)
  return majors.map(oldChromium)
}

async function fetchOne(major) {
  const row = OLD_CHROMIUMS[major]
  if (!row) throw new Error(`No Chromium ${major} is known here; there are ${Object.keys(OLD_CHROMIUMS).join(', ')}.`)
  mkdirSync(home, { recursive: true })
  const folder = mkdtempSync(path.join(home, 'fetching-'))
  try {
    const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--silent', row.from], { cwd: folder, encoding: 'utf8' }))
    if (packed.integrity !== row.integrity) throw new Error(`${row.from} is not the package that was tested.`)
    execFileSync('tar', ['xzf', packed.filename.replace('@', '').replace('/', '-')], { cwd: folder })
    const bin = path.join(folder, 'package/bin')
    const name = readdirSync(bin).find((file) => /^chromium.*\.br$/.test(file))
    await pipeline(createReadStream(path.join(bin, name)), createBrotliDecompress(), createWriteStream(path.join(folder, 'chromium')))
    await chmod(path.join(folder, 'chromium'), 0o755)
    mkdirSync(path.dirname(oldChromium(major)), { recursive: true })
    renameSync(path.join(folder, 'chromium'), oldChromium(major))
    console.log(`Chromium ${major} fetched`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const asked = process.argv.slice(2).map(Number)
  await fetchOldChromiums(asked.length ? asked : Object.keys(OLD_CHROMIUMS).map(Number))
}
