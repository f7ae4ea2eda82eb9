import type { FastifyInstance } from 'fastify'

/** `/healthz`: the process answers. `/readyz`: it can serve, or 503 and the reason in words. */
export function registerHealth(app: FastifyInstance, unready: () => string | undefined): void {
  app.get('/healthz', async (_request, reply) => reply.header('Cache-Control', 'no-store').send({ ok: true }))
  app.get('/readyz', async (_request, reply) => {
    const reason = unready()
    reply.header('Cache-Control', 'no-store')
    return reason === undefined ? { ok: true } : reply.code(503).send({ ok: false, reason })
  })
}
