/** This browser's guest, the same as on the product page, or somebody with a name: `/inbox.html?customer=lee&name=Lee`. */
import { parameter, demoPass, showNotice } from './demo-pass.js'

const inbox = document.querySelector('im-inbox')
const customer = parameter('customer')
try {
  const token = parameter('token') ?? (customer && (await demoPass({ sub: customer, role: 'customer', name: parameter('name', customer) })))
  if (token) inbox.token = token
  inbox.guest = !token
  inbox.gateway = '/'
} catch (error) {
  showNotice(inbox, 'No pass for this inbox', error.message)
}
