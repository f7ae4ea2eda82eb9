import type { TemplateResult } from 'lit'
import type { Notifications } from './notifications.ts'
import type { MailboxStrings } from '../../locales/mailbox-strings.ts'
import { deskIcons } from '../../ui/page-icons.ts'
import { tool } from '../../ui/tool.ts'

/** The button that turns the sound of new messages on and off. */
export function soundButton({ isSilent, toggleSound }: Notifications, { soundOff, soundOn }: MailboxStrings): TemplateResult {
  return tool({
    name: 'sound',
    label: isSilent ? soundOff : soundOn,
    icon: isSilent ? deskIcons.silence : deskIcons.sound,
    onClick: toggleSound,
  })
}
