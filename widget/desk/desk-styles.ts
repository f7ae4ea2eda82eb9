import { pageStyles } from '../mailbox/page-styles.ts'
import { toastStyle } from '../ui/toast-style.ts'
import { assignmentStyle } from './assignment/assignment-style.ts'
import { severalStyle } from './assignment/several-style.ts'
import { customerStyle } from './customer/customer-style.ts'
import { deskStyle } from './desk-style.ts'
import { dialogStyle } from './dialog-style.ts'
import { noteStyle } from './notes/note-style.ts'
import { pickerStyle } from './replies/picker-style.ts'
import { replyManagerStyle } from './replies/reply-manager-style.ts'
import { reportStyle } from './report/report-style.ts'
import { searchStyle } from './search/search-style.ts'
import { shortcutSheetStyle } from './shortcuts/shortcut-sheet-style.ts'
import { statusSwitchStyle } from './status/status-switch-style.ts'

/** What is common comes before what a feature makes of it. */
export const deskStyles = [
  ...pageStyles,
  pickerStyle,
  statusSwitchStyle,
  deskStyle,
  searchStyle,
  assignmentStyle,
  customerStyle,
  toastStyle,
  noteStyle,
  dialogStyle,
  shortcutSheetStyle,
  replyManagerStyle,
  reportStyle,
  severalStyle,
]
