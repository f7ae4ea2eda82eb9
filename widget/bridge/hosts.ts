/**
 * The objects through which a WebView's app receives messages; a browser has none of them.
 *
 *   window.ImChatHost.postMessage(json)                     Android: addJavascriptInterface or WebViewCompat.addWebMessageListener;
 *                                                           the latter also delivers the app's messages to `onmessage`
 *   webkit.messageHandlers.imChat.postMessage(json)         iOS
 *   window.ReactNativeWebView.postMessage(json)             React Native
 */
interface Host {
  postMessage(json: string): void
  addEventListener?(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  removeEventListener?(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

interface HostWindow {
  readonly ImChatHost?: Host
  readonly ReactNativeWebView?: Host
  readonly webkit?: { readonly messageHandlers?: { readonly imChat?: Host } }
}

/** Sends a message to every host. A host that throws is warned about and skipped. */
export function sendToHosts(json: string): void {
  for (const host of hosts()) {
    try {
      host.postMessage(json)
    } catch (error) {
      console.warn('<im-chat>: the app did not take a message.', error)
    }
  }
}

/** Listens for messages that an app posts to its own object; returns a function that stops listening. */
export function listenToHostObjects(onHostMessage: (message: unknown) => void): () => void {
  const onMessage = ({ data }: { readonly data: unknown }): void => onHostMessage(data)
  const listened = hosts().filter((host) => typeof host.addEventListener === 'function')
  for (const host of listened) host.addEventListener!('message', onMessage)
  return () => {
    for (const host of listened) host.removeEventListener?.('message', onMessage)
  }
}

/** Looked up each time, because the page may remove them. */
function hosts(): readonly Host[] {
  const { ImChatHost, ReactNativeWebView, webkit } = window as HostWindow
  const all = [ImChatHost, ReactNativeWebView, webkit?.messageHandlers?.imChat]
  return all.filter((host): host is Host => typeof host?.postMessage === 'function')
}
