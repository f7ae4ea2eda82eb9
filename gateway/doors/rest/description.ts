/**
 * Uses the schemas of the REST door's routes twice: requests are validated against them, and the OpenAPI 3.1 document is made of them,
 * at `/openapi.json`.
 */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import { Type, type TObject, type TProperties, type TSchema } from 'typebox'
import { LIMITS } from '../../protocol/limits.ts'
import { CODES } from '../../protocol/codes.ts'
import { CardInfo, CustomerInfo, ShopRecord } from '../../protocol/model.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'
import { check } from '../validator.ts'

export const API_KEY = [{ apiKey: [] }] as const
/** Of a request: a field that is not known is refused, because it is misspelt, or meant for something that would not happen. */
export const strict = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })

/** Of a list. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 800, description: '`next` of the page before.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.listCount })),
}
export const Page = <N extends string, S extends TSchema>(name: N, row: S) =>
  Type.Object({
    ...({ [name]: Type.Array(row) } as Record<N, ReturnType<typeof Type.Array<S>>>),
    next: Type.Optional(Type.String({ description: 'The cursor of the next page; absent: this is the last one.' })),
  })

/** A body of bytes. */
export const BYTES = { type: 'string', format: 'binary' } as const

const Refused = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ enum: Object.keys(CODES) }),
      message: Type.String(),
      retry: Type.Boolean(),
      afterMs: Type.Optional(Type.Number()),
    }),
  },
  { $id: 'Refused' },
)

/** A route's `response`: its answer, and a refusal. */
export const answers = (status: number, schema: TSchema) => ({
  [status]: { ...schema, 'x-response-description': 'Done.' },
  default: refused('A refusal; `Retry-After` where it makes sense.'),
})
export const refused = (description: string) => ({ description, content: { 'application/json': { schema: { $ref: 'Refused#' } } } })

/** Only for the document: idempotency.ts reads the header itself. */
const IDEMPOTENCY = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'The same again within 24 h gets the first answer and changes nothing.',
    },
  },
}

const OPTIONS: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'im-chat',
      version: String(PROTOCOL_VERSION),
      description: "For backends. Passes need the API key, or in demo mode the demo's word.",
    },
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'The setting API_KEY, or one of API_KEYS with the right that the route needs.' },
        pass: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "A person's pass." },
      },
    },
  },
  convertConstToEnum: false,
  transform: ({ schema, url, route: { method } }) => {
    const isRepeatable = schema?.security?.some((each) => 'apiKey' in each) === true && method !== 'GET' && !/\/(passes|images)$/.test(url)
    return { schema: isRepeatable ? { ...schema, headers: IDEMPOTENCY } : schema, url }
  },
  refResolver: { buildLocalReference: ({ $id }, _base, _fragment, count) => (typeof $id === 'string' ? $id : `def-${count}`) },
  transformObject: (document) => withoutNeedlessBodies('openapiObject' in document ? document.openapiObject : {}),
}

/** Must be awaited before the scope has routes. */
export async function describeRoutes(scope: FastifyInstance): Promise<void> {
  scope.addSchema(Refused)
  scope.addSchema({ ...CustomerInfo, $id: 'CustomerInfo', description: 'What CUSTOMER_URL answers.' })
  scope.addSchema({ ...CardInfo, $id: 'CardInfo', description: 'What CARD_URL answers.' })
  scope.addSchema({ ...ShopRecord, $id: 'ShopRecord', description: 'What SHOP_URL answers.' })
  // response schemas only document; no field is stripped from an answer
  scope.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  scope.setValidatorCompiler(checkedBy)
  await scope.register(swagger, OPTIONS)
  const schema = {
    operationId: 'getDescription',
    summary: 'This.',
    security: [],
    response: { 200: { ...Type.Object({}), 'x-response-description': 'Done.' } },
  }
  scope.get('/openapi.json', { schema }, async () => scope.swagger())
}

/** A missing body counts as an empty object. Query parameters arrive as text, and the schemas describe numbers, too. */
const checkedBy: FastifySchemaCompiler<TObject> = ({ schema, httpPart }) => {
  const checked = check(schema)
  return (given: Readonly<Record<string, unknown>> | null) => {
    const value = httpPart === 'querystring' ? withNumbers(schema, given ?? {}) : (given ?? {})
    try {
      checked(value)
      return { value }
    } catch (error) {
      return { error: error as Error }
    }
  }
}

/** What is not written as a number stays a text, which the schema refuses. */
const withNumbers = ({ properties }: TObject, given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const { type } = (Object.hasOwn(properties, name) ? properties[name] : {}) as { readonly type?: unknown }
      return [name, type === 'integer' && typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value]
    }),
  )

type Document = ReturnType<NonNullable<FastifyDynamicSwaggerOptions['transformObject']>>

/** Makes a body optional where no field of it is required; the library marks every body as required. */
function withoutNeedlessBodies(document: Document): Document {
  for (const path of Object.values(document.paths ?? {})) {
    const body: unknown = path?.post?.requestBody
    const { required, content } = (body ?? {}) as { required?: boolean; content?: Record<string, { schema?: TSchema & { required?: unknown[] } }> }
    const schema = content?.['application/json']?.schema
    if (required === true && schema !== undefined && (schema.required ?? []).length === 0) (body as { required: boolean }).required = false
  }
  return document
}
