import { defineInboxElement } from './inbox/define-inbox-element.ts'

defineInboxElement()
