/**
 * Uses the schemas of the REST door's routes twice: requests are validated against them, and the OpenAPI 3.1 document is made of them,
 * at `/openapi.json`.
 */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import { Type, type TObject, type TSchema } from 'typebox'
import { CODES } from '../../protocol/codes.ts'
import { CardInfo, CustomerInfo, ShopRecord } from '../../protocol/model.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'
import { check } from '../validator.ts'

export const API_KEY = [{ apiKey: [] }] as const
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
        apiKey: { type: 'http', scheme: 'bearer', description: 'The setting API_KEY.' },
        pass: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "A person's pass." },
      },
    },
  },
  convertConstToEnum: false,
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
  const schema = { summary: 'This.', security: [], response: { 200: { ...Type.Object({}), 'x-response-description': 'Done.' } } }
  scope.get('/openapi.json', { schema }, async () => scope.swagger())
}

/** A missing body counts as an empty object. Query parameters arrive as text, and the schemas describe numbers. */
const checkedBy: FastifySchemaCompiler<TObject> = ({ schema, httpPart }) => {
  const checked = check(schema)
  return (given: Readonly<Record<string, unknown>> | null) => {
    const value = httpPart === 'querystring' ? numbersOf(schema, given ?? {}) : (given ?? {})
    try {
      checked(value)
      return { value }
    } catch (error) {
      return { error: error as Error }
    }
  }
}

const numbersOf = ({ properties }: TObject, given: Readonly<Record<string, unknown>>): Record<string, number> =>
  Object.fromEntries(Object.keys(properties).flatMap((name) => (given[name] === undefined ? [] : [[name, Number(given[name])]])))

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
