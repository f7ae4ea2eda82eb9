import { html, type TemplateResult } from 'lit'
import { tool, type ToolOptions } from '../ui/tool.ts'

/** The buttons above the composer. A press leaves the caret where it is, so that what they insert lands there. */
export const composerTools = (label: string, tools: readonly ToolOptions[]): TemplateResult =>
  html`<div class="composer-tools" part="tools" role="group" aria-label=${label} @mousedown=${(event: Event) => event.preventDefault()}>
    ${tools.map(tool)}
  </div>`
