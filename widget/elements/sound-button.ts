import type { TemplateResult } from 'lit'
import type { News } from '../controllers/news.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import { deskIcons } from '../parts/desk-icons.ts'
import { tool } from '../parts/tool.ts'

/** Whether news is heard. */
export function soundButton({ isSilent, toggleSound }: News, { soundOff, soundOn }: DeskStrings): TemplateResult {
  return tool({
    name: 'sound', label: isSilent ? soundOff : soundOn, icon: isSilent ? deskIcons.silence : deskIcons.sound, onClick: toggleSound,
  })
}
