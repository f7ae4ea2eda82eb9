import { base } from '../ui/base-style.ts'
import { tokens } from '../ui/tokens.ts'
import { launcherStyle } from './launcher-style.ts'

/** What is there before the panel's script is. */
export const chatStyles = [tokens, base, launcherStyle]
