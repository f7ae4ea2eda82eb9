import { deskStyle } from '../parts/desk/desk-style.ts'
import { dialogStyle } from '../parts/desk/dialog-style.ts'
import { pageStyles } from './page-styles.ts'

export const deskStyles = [...pageStyles, deskStyle, dialogStyle]
