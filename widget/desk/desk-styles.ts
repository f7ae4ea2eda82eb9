import { deskStyle } from './desk-style.ts'
import { dialogStyle } from './dialog-style.ts'
import { pickerStyle } from './replies/picker-style.ts'
import { statusSwitchStyle } from './status/status-switch-style.ts'
import { noteStyle } from './notes/note-style.ts'
import { toastStyle } from '../ui/toast-style.ts'
import { pageStyles } from '../mailbox/page-styles.ts'

export const deskStyles = [...pageStyles, pickerStyle, statusSwitchStyle, deskStyle, toastStyle, noteStyle, dialogStyle]
