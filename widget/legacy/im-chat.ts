/**
 * `<im-chat>` for engines without custom elements, all of it in one script. Their shadow roots are played by polyfills, which give an
 * element its styles when it is defined and never again: so it has the panel's from the beginning.
 */
import './prelude.ts'
import './gaps.ts'
import './fetch.ts'
import '@webcomponents/webcomponentsjs/webcomponents-bundle.js'
import 'lit/polyfill-support.js'
import { ChatElement } from '../chat/chat-element.ts'
import { allStyles } from './all-styles.ts'

class LegacyChatElement extends ChatElement {
  static override readonly styles = allStyles
}

if (!customElements.get('im-chat')) customElements.define('im-chat', LegacyChatElement)
