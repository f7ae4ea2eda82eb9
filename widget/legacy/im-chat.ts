/**
 * `<im-chat>` for engines without custom elements, all of it in one script. Polyfills stand in for their shadow roots and give an
 * element its styles only when it is defined, so it has the panel's from the beginning.
 */
import './prelude.ts'
import './small-polyfills.ts'
import './fetch.ts'
import './fetch-language.ts'
import '@webcomponents/webcomponentsjs/webcomponents-bundle.js'
import 'lit/polyfill-support.js'
import { ChatElement } from '../chat/chat-element.ts'
import { allStyles } from './all-styles.ts'

Object.assign(ChatElement, { styles: allStyles })

if (!customElements.get('im-chat')) customElements.define('im-chat', ChatElement)
