import { defineDeskElement } from './desk/define-desk-element.ts'

defineDeskElement()
