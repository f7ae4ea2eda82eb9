/** One agent of one shop: `/desk.html?agent=bo&name=Bo&shop=42`. */
import { parameter, demoPass, showNotice } from './demo-pass.js'

const desk = document.querySelector('im-desk')
const agent = parameter('agent', 'ann')
try {
  desk.token =
    parameter('token') ??
    (await demoPass({ sub: agent, role: 'agent', shop: parameter('shop', '42'), name: parameter('name', agent === 'ann' ? 'Ann' : agent) }))
  // the gateway comes last: it makes the element connect, without a pass as a guest
  desk.gateway = '/'
} catch (error) {
  showNotice(desk, 'No pass for this desk', error.message)
}
