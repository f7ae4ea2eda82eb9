import { describe, expect, test } from 'vitest'
import { SETTINGS } from '../../gateway/config.ts'
import { misspeltArgument, misspeltSettings } from '../../gateway/misspelt.ts'

const NAMES = Object.keys(SETTINGS)
const told = (environment: Record<string, string>): string[] => misspeltSettings(environment, NAMES)

/** What stands in the environments of shells, containers, desktops, CI and other programs. */
const COMMON = `PATH HOME HOSTNAME HOSTTYPE USER USERNAME LOGNAME SHELL SHLVL PWD OLDPWD TERM TERM_PROGRAM COLORTERM COLORS LANG LANGUAGE LC_ALL
  LC_CTYPE TZ TMPDIR TEMP TMP EDITOR VISUAL PAGER LESS MANPATH MAIL DISPLAY WAYLAND_DISPLAY XAUTHORITY XDG_DATA_DIRS XDG_DATA_HOME
  XDG_RUNTIME_DIR SSH_AUTH_SOCK GTK_IM_MODULE QT_IM_MODULE XMODIFIERS IM_CONFIG_PHASE IM_CONFIG_CHECK_ENV NODE NODE_ENV NODE_PATH
  NODE_OPTIONS NODE_VERSION YARN_VERSION NPM_TOKEN npm_config_cache npm_config_port npm_package_name npm_lifecycle_event INIT_CWD CI
  CI_JOB_ID GITHUB_TOKEN GITHUB_SHA DEBIAN_FRONTEND GPG_KEY PYTHON_VERSION APP_KEY APP_ENV APP_URL APP_PORT APP_HOST DB_HOST DB_PORT
  DB_URL DATABASE_URL REDIS_HOST REDIS_PORT REDIS_PASSWORD REDIS_TLS_URL REDIS_DB MYSQL_HOST SECRET SECRET_KEY JWT_SECRET
  SESSION_SECRET AWS_KEY AWS_REGION AWS_ACCESS_KEY_ID HTTP_PROXY https_proxy no_proxy ALL_PROXY VHOST DOCKER_HOST
  KUBERNETES_SERVICE_HOST KUBERNETES_PORT POD_IP POD_NAME MEMORY_LIMIT WEB_CONCURRENCY DYNO LOG_FORMAT LOG_FILE DEBUG PM2_HOME
  SYSTEMD_EXEC_PID INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET RUST_LOG GOPATH JAVA_HOME`.split(/\s+/)

describe('a misspelt setting', () => {
  test.each([
    ['ORIGIN', 'ORIGINS'],
    ['ORIGINES', 'ORIGINS'],
    ['ORGINS', 'ORIGINS'],
    ['OIRGINS', 'ORIGINS'],
    ['origins', 'ORIGINS'],
    ['ALLOWED_ORIGINS', undefined],
    ['REDIS_URLS', 'REDIS_URL'],
    ['REDIS_URI', 'REDIS_URL'],
    ['REDISURL', 'REDIS_URL'],
    ['REDIS-URL', 'REDIS_URL'],
    ['IM_SECRETS', 'IM_SECRET'],
    ['IM_SECERT', 'IM_SECRET'],
    ['IMSECRET', 'IM_SECRET'],
    ['IM_JWKS_URI', 'IM_JWKS_URL'],
    ['IM_JWKS', undefined],
    ['IM_ORIGINS', 'ORIGINS'],
    ['IM_ORIGIN', 'ORIGINS'],
    ['IM_REDIS_URL', 'REDIS_URL'],
    ['IM_PORT', 'PORT'],
    ['IM_API_KEY', 'API_KEY'],
    ['SHOP', 'SHOPS'],
    ['GUEST', 'GUESTS'],
    ['DOOR', 'DOORS'],
    ['PAGE', 'PAGES'],
    ['PORTS', 'PORT'],
    ['DATADIR', 'DATA_DIR'],
    ['LOGLEVEL', 'LOG_LEVEL'],

    ['TRUST_PROXYS', 'TRUST_PROXY'],
    ['TRUSTPROXY', 'TRUST_PROXY'],
    ['APIKEY', 'API_KEY'],
    ['SOURCE', 'SOURCES'],
    ['METRIC', 'METRICS'],
    ['COMMAND_PER_SECOND', 'COMMANDS_PER_SECOND'],
    ['CUSTOMER_URI', 'CUSTOMER_URL'],
    ['DEMOWORD', 'DEMO_WORD'],
    ['IMAGE_HOST', 'IMAGE_HOSTS'],
  ])('%s is warned of: %s', (name, meant) => {
    const isOurs = name.startsWith('IM_')
    expect(told({ [name]: 's3cret' })).toEqual(
      meant ? [`${name} is not a setting. Did you mean ${meant}?`] : isOurs ? [`${name} is not a setting. --help lists them all.`] : [],
    )
  })

  test('any other name that begins with IM_ is warned of, too', () => {
    expect(told({ IM_COLOUR: 'red' })).toEqual(['IM_COLOUR is not a setting. --help lists them all.'])
  })

  test('each setting that lacks a letter, or has two swapped, is warned of with the right name', () => {
    for (const name of NAMES.filter(({ length }) => length >= 6)) {
      for (let at = 1; at < name.length; at++) {
        const short = name.slice(0, at) + name.slice(at + 1)
        const swapped = name.slice(0, at - 1) + name[at] + name[at - 1] + name.slice(at + 1)
        for (const wrong of [short, swapped]) {
          if (!NAMES.includes(wrong)) expect(told({ [wrong]: 'x' }), wrong).toEqual([`${wrong} is not a setting. Did you mean ${name}?`])
        }
      }
    }
  })

  test('the settings themselves, and variables of other programs, are not warned of', () => {
    for (const name of [...NAMES, ...COMMON]) expect(told({ [name]: 'x' }), name).toEqual([])
  })

  test('what Kubernetes and Docker add for a service of ours is not warned of', () => {
    expect(
      told({
        IM_CHAT_SERVICE_HOST: '10.0.0.7',
        IM_CHAT_SERVICE_PORT: '80',
        IM_CHAT_SERVICE_PORT_HTTP: '80',
        IM_CHAT_PORT: 'tcp://10.0.0.7:80',
        IM_CHAT_PORT_80_TCP: 'tcp://10.0.0.7:80',
        IM_CHAT_PORT_80_TCP_ADDR: '10.0.0.7',
        IM_PORT: 'tcp://10.0.0.7:80',
        PORTS: 'tcp://10.0.0.7:80',
      }),
    ).toEqual([])
  })

  test('an empty value is ignored, and so is a similar name beside the right one', () => {
    expect(told({ ORIGIN: ' ' })).toEqual([])
    expect(told({ REDIS_URI: 'redis://other', REDIS_URL: 'redis://ours' })).toEqual([])
    expect(told({ IM_ORIGINS: 'x', ORIGINS: 'y' })).toHaveLength(1)
  })
})

describe('the command line', () => {
  const options = ['--help', '-h', '--salvage']
  test.each([
    [['--hlep'], 'There is no option --hlep. Did you mean --help?'],
    [['-help'], 'There is no option -help. Did you mean --help?'],
    [['--salvege', './x'], 'There is no option --salvege. Did you mean --salvage?'],
    [['--port', '80'], 'There is no option --port. Set PORT in the environment.'],
    [['PORT=80'], 'There is no option PORT. Set PORT in the environment.'],
    [['--im-secret=s3cret'], 'There is no option --im-secret. Set IM_SECRET in the environment.'],
    [['--origin=https://a.example'], 'There is no option --origin. Set ORIGINS in the environment.'],
    [['--verbose'], 'There is no option --verbose. --help lists what there is.'],
    [['serve'], 'There is no option serve. --help lists what there is.'],
    [['--help'], undefined],
    [['-h'], undefined],
    [[], undefined],
    [['--salvage'], undefined],
    [['--salvage', './data'], undefined],
  ])('%j', (given, sentence) => {
    expect(misspeltArgument(given, { options, settings: NAMES })).toBe(sentence)
  })
})
