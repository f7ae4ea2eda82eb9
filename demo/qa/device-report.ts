import { readings } from './readings.ts'

/** What a bug report needs to know about a phone, without anything that identifies its owner. */
export function deviceReport(): Record<string, unknown> {
  const supports = (property: string, value: string): boolean => !!window.CSS?.supports?.(property, value)
  const media = (query: string): boolean => window.matchMedia(query).matches
  return {
    at: new Date().toISOString(),
    userAgent: navigator.userAgent,
    language: navigator.language,
    page: location.href,
    bundle: bundle(),
    screen: [screen.width, screen.height, window.devicePixelRatio],
    standalone: media('(display-mode: standalone)'),
    pointer: { coarse: media('(pointer: coarse)'), anyFine: media('(any-pointer: fine)'), touchPoints: navigator.maxTouchPoints },
    engine: {
      customElements: !!window.customElements,
      attachShadow: !!Element.prototype.attachShadow,
      adoptedStyleSheets: 'adoptedStyleSheets' in Document.prototype,
      visualViewport: !!window.visualViewport,
      virtualKeyboard: 'virtualKeyboard' in navigator,
      webSocket: !!window.WebSocket,
      fetch: !!window.fetch,
      beforeInput: 'onbeforeinput' in document.createElement('textarea'),
      enterKeyHint: 'enterKeyHint' in HTMLElement.prototype,
      dvh: supports('height', '100dvh'),
      fieldSizing: supports('field-sizing', 'content'),
      storage: storageWorks(),
    },
    viewportMeta: document.querySelector('meta[name=viewport]')?.getAttribute('content'),
    readings: readings(),
  }
}

/** Which of the widget's scripts the page has loaded. */
function bundle(): string | undefined {
  const tags = [].slice.call(document.scripts) as HTMLScriptElement[]
  return tags.map(({ src }) => /(modern\/|es2017\/)im-chat\.js|im-chat\.legacy\.js/.exec(src)?.[0]).filter((name) => name)[0]
}

function storageWorks(): boolean {
  try {
    localStorage.setItem('im-qa', '1')
    localStorage.removeItem('im-qa')
    return true
  } catch {
    return false
  }
}
