import { deskStyle } from '../parts/desk/desk-style.ts'
import { dialogStyle } from '../parts/desk/dialog-style.ts'
import { noteStyle } from '../parts/desk/note-style.ts'
import { toldStyle } from '../parts/desk/told-style.ts'
import { pageStyles } from './page-styles.ts'

export const deskStyles = [...pageStyles, deskStyle, toldStyle, noteStyle, dialogStyle]
