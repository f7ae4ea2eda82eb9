/** This browser's guest, the same as on the product page, or somebody with a name: `/inbox.html?customer=lee&name=Lee`. */
import { asked, demoPass, tell } from './demo-pass.js'

const inbox = document.querySelector('im-inbox')
const customer = asked('customer')
try {
  const token = asked('token') ?? (customer && (await demoPass({ sub: customer, role: 'customer', name: asked('name', customer) })))
  if (token) inbox.token = token
  inbox.guest = !token
  inbox.gateway = '/'
} catch (error) {
  tell(inbox, 'No pass for this inbox', error.message)
}
