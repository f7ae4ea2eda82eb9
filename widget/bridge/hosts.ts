/**
 * The objects through which a WebView's app receives messages; a browser has none of them.
 *
 *   window.ImChatHost.postMessage(json)                     Android: addJavascriptInterface or WebViewCompat.addWebMessageListener;
 *                                                           the latter also delivers the app's messages to `onmessage`
 *   webkit.messageHandlers.imChat.postMessage(json)         iOS
 *   window.ReactNativeWebView.postMessage(json)             React Native
 *   window.flutter_inappwebview.callHandler('imChat', json) flutter_inappwebview; there once flutterInAppWebViewPlatformReady was heard
 *
 * Flutter's webview_flutter and HarmonyOS' ArkWeb add an ImChatHost as Android does.
 */
interface Host {
  /** iOS with a reply and Flutter return a promise. */
  postMessage(json: string): unknown
  addEventListener?(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  removeEventListener?(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

interface HostWindow {
  readonly flutter_inappwebview?: { callHandler?(name: string, json: string): Promise<unknown> }
  readonly ImChatHost?: Host
  readonly ReactNativeWebView?: Host
  readonly webkit?: { readonly messageHandlers?: { readonly imChat?: Host } }
}

/** Sends a message to every host. A host that throws, or whose promise rejects, is warned about and skipped. */
export function sendToHosts(json: string): void {
  for (const host of hosts()) {
    try {
      Promise.resolve(host.postMessage(json)).catch(warn)
    } catch (error) {
      warn(error)
    }
  }
}

/**
 * Listens for messages that an app posts to its own object; returns a function that stops listening. `onLateHost`: a host became reachable
 * that was not when the bridge connected.
 */
export function listenToHostObjects(onHostMessage: (message: unknown) => void, onLateHost: () => void): () => void {
  window.addEventListener(FLUTTER_READY, onLateHost)
  const onMessage = ({ data }: { readonly data: unknown }): void => onHostMessage(data)
  const listened = hosts().filter((host) => typeof host.addEventListener === 'function')
  for (const host of listened) host.addEventListener!('message', onMessage)
  return () => {
    window.removeEventListener(FLUTTER_READY, onLateHost)
    for (const host of listened) host.removeEventListener?.('message', onMessage)
  }
}

const FLUTTER_READY = 'flutterInAppWebViewPlatformReady'

const warn = (error: unknown): void => console.warn('<im-chat>: the app did not take a message.', error)

/** Looked up each time, because the page may remove them. */
function hosts(): readonly Host[] {
  const { ImChatHost, ReactNativeWebView, webkit, flutter_inappwebview: flutter } = window as HostWindow
  const ofFlutter = flutter?.callHandler && { postMessage: (json: string) => flutter.callHandler!('imChat', json) }
  const all = [ImChatHost, ReactNativeWebView, webkit?.messageHandlers?.imChat, ofFlutter]
  return all.filter((host): host is Host => typeof host?.postMessage === 'function')
}
