import type { FastifyInstance } from 'fastify'

/** `/healthz` answers as long as the process runs. `/readyz` answers 200 while it can serve, else 503 with the reason as a sentence. */
export function registerHealth(app: FastifyInstance, unready: () => string | undefined): void {
  app.get('/healthz', async (_request, reply) => reply.header('Cache-Control', 'no-store').send({ ok: true }))
  app.get('/readyz', async (_request, reply) => {
    const reason = unready()
    reply.header('Cache-Control', 'no-store')
    return reason === undefined ? { ok: true } : reply.code(503).send({ ok: false, reason })
  })
}
