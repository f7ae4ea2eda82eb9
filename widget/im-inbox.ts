import { defineInboxElement } from './elements/define-inbox-element.ts'

defineInboxElement()
