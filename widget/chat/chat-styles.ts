import { base } from '../ui/base-style.ts'
import { tokens } from '../ui/tokens.ts'
import { launcherStyle } from './launcher-style.ts'

/** The styles that the element needs before the panel's script has loaded. */
export const chatStyles = [tokens, base, launcherStyle]
