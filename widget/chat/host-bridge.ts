import { onDemand } from '../ui/on-demand.ts'

const HOSTS = ['ImChatHost', 'ReactNativeWebView', 'flutter_inappwebview', 'Capacitor', 'cordova']

interface WebKitWindow {
  readonly webkit?: { readonly messageHandlers?: { readonly imChat?: unknown } }
}

/** Whether an app or a parent page surrounds this page and may send messages to it. */
export const hasHost = (): boolean =>
  window.parent !== window || HOSTS.some((name) => name in window) || (window as WebKitWindow).webkit?.messageHandlers?.imChat !== undefined

export const hostBridge = onDemand(() => import('../bridge/bridge.ts'))
