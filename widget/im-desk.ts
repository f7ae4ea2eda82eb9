import { defineDeskElement } from './elements/define-desk-element.ts'

defineDeskElement()
