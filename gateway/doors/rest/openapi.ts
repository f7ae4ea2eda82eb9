/** The REST door for machines: OpenAPI 3.1 made of the very schemas that requests are checked against. */
import { Type, type TSchema } from 'typebox'
import { CODES } from '../../protocol/codes.ts'
import { COMMANDS } from '../../protocol/commands.ts'
import { CustomerInfo } from '../../protocol/model.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'
import { Guest, PassRequest, SystemMessage } from './shapes.ts'

const Refused = Type.Object({
  error: Type.Object({
    code: Type.String({ enum: Object.keys(CODES) }),
    message: Type.String(),
    retry: Type.Boolean(),
    afterMs: Type.Optional(Type.Number()),
  }),
})
const Pass = Type.Object({ token: Type.String(), expiresAt: Type.Number({ description: 'ms since the epoch' }) })
const GuestPass = Type.Object({ ...Pass.properties, sub: Type.String() })
const Added = Type.Object({ url: Type.String(), width: Type.Integer(), height: Type.Integer() })

const json = (schema: TSchema) => ({ 'application/json': { schema } })
const answers = (status: string, schema: TSchema) => ({
  [status]: { description: 'Done.', content: json(schema) },
  default: { description: 'A refusal; `Retry-After` where it makes sense.', content: json({ $ref: '#/components/schemas/Refused' }) },
})
const body = (schema: TSchema, required = true) => ({ required, content: json(schema) })
const parameter = (place: 'path' | 'query', name: string, schema: TSchema) => ({ in: place, name, required: place === 'path', schema })

const { conversation, before, after, limit } = COMMANDS.history.input.properties
const API_KEY = [{ apiKey: [] }]

export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'im-chat',
    version: String(PROTOCOL_VERSION),
    description: "For backends. Passes need the API key, or in demo mode the demo's word.",
  },
  paths: {
    '/v1/passes': {
      post: { summary: 'A pass for somebody.', security: [...API_KEY, {}], requestBody: body(PassRequest), responses: answers('200', Pass) },
    },
    '/v1/guests': {
      post: { summary: 'A new customer without a login.', security: [], requestBody: body(Guest, false), responses: answers('200', GuestPass) },
    },
    '/v1/images': {
      post: {
        summary: 'Adds an image, to be sent as a message of kind image.',
        security: [{ pass: [] }],
        requestBody: { required: true, content: { 'image/*': { schema: { type: 'string', format: 'binary' } } } },
        responses: answers('201', Added),
      },
    },
    '/v1/images/{id}': {
      get: {
        summary: 'An image.',
        security: [],
        parameters: [parameter('path', 'id', Type.String())],
        responses: {
          200: { description: 'Its bytes.', content: { 'image/*': { schema: { type: 'string', format: 'binary' } } } },
          404: { description: 'There is none.', content: json({ $ref: '#/components/schemas/Refused' }) },
        },
      },
    },
    '/v1/conversations/{conversation}/messages': {
      get: {
        summary: 'A page of a conversation, ascending.',
        security: API_KEY,
        parameters: [
          parameter('path', 'conversation', conversation),
          parameter('query', 'before', before),
          parameter('query', 'after', after),
          parameter('query', 'limit', limit),
        ],
        responses: answers('200', COMMANDS.history.answer),
      },
    },
    '/v1/messages': {
      post: {
        summary: 'Writes into a conversation; kind is system unless told. The same id again changes nothing.',
        security: API_KEY,
        requestBody: body(SystemMessage),
        responses: answers('200', COMMANDS.send.answer),
      },
    },
    '/v1/openapi.json': {
      get: { summary: 'This.', security: [], responses: { 200: { description: 'Done.', content: json(Type.Object({})) } } },
    },
  },
  components: {
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'bearer', description: 'The setting API_KEY.' },
      pass: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "A person's pass." },
    },
    schemas: { Refused, CustomerInfo: { ...CustomerInfo, description: 'What CUSTOMER_URL answers.' } },
  },
}
