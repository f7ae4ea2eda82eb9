import { onDemand } from '../ui/on-demand.ts'

const HOSTS = ['ImChatHost', 'ReactNativeWebView', 'Capacitor', 'cordova']

interface WebKitWindow {
  readonly webkit?: { readonly messageHandlers?: { readonly imChat?: unknown } }
}

/** Whether somebody is around the page who may have something to say: an app, or the page around this frame. */
export const hasHost = (): boolean =>
  window.parent !== window || HOSTS.some((name) => name in window) || (window as WebKitWindow).webkit?.messageHandlers?.imChat !== undefined

export const hostBridge = onDemand(() => import('../bridge/bridge.ts'))
