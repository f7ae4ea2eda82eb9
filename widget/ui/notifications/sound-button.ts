import type { TemplateResult } from 'lit'
import type { Notifications } from './notifications.ts'
import type { Strings } from '../../locales/strings.ts'
import { deskIcons } from '../page-icons.ts'
import { tool } from '../tool.ts'

/** The button that turns the sound of new messages on and off. */
export function soundButton({ isSilent, toggleSound }: Notifications, { news: { soundOff, soundOn } }: Strings): TemplateResult {
  return tool({
    name: 'sound',
    label: isSilent ? soundOff : soundOn,
    icon: isSilent ? deskIcons.silence : deskIcons.sound,
    onClick: toggleSound,
  })
}
