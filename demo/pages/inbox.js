/** One customer with all conversations: `/inbox.html?customer=kim&name=Kim`. */
import { asked, demoPass, tell } from './demo-pass.js'

const inbox = document.querySelector('im-inbox')
const customer = asked('customer', 'kim')
try {
  inbox.token = asked('token') ??
    await demoPass({ sub: customer, role: 'customer', name: asked('name', customer === 'kim' ? 'Kim' : customer) })
} catch (error) {
  tell(inbox, 'No pass for this inbox', error.message)
}
