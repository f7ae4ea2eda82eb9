/** One agent of one shop: `/desk.html?agent=bo&name=Bo&shop=42`. */
import { asked, demoPass, tell } from './demo-pass.js'

const desk = document.querySelector('im-desk')
const agent = asked('agent', 'ann')
try {
  desk.token =
    asked('token') ?? (await demoPass({ sub: agent, role: 'agent', shop: asked('shop', '42'), name: asked('name', agent === 'ann' ? 'Ann' : agent) }))
  // the gateway last: without a pass the element would arrive as a guest
  desk.gateway = '/'
} catch (error) {
  tell(desk, 'No pass for this desk', error.message)
}
