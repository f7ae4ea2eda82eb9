/**
 * How each kind of app exchanges messages with the page in its WebView. `install(view, onMessage)` adds the objects that the app adds before
 * the page's scripts run. `send(view, message)` delivers a message as that app does. It resolves with the bridge's answer, or with undefined
 * where the platform does not return a call's value: then the answer comes as an `answer` message.
 */
const receive = (view, message) => (view.imChatBridge ? view.imChatBridge.receive(message) : { ok: false, why: 'The bridge is not there yet.' })

/** Android's evaluateJavascript and Flutter's runJavaScriptReturningResult give the value as JSON text. */
const evaluated = async (view, message) => JSON.parse(JSON.stringify(receive(view, message)))

/** The app evaluates a script and does not get its value. */
const injected = async (view, message) => void receive(view, JSON.stringify(message))

const addImChatHost = (view, onMessage) => {
  view.ImChatHost = { postMessage: onMessage }
}

export const PLATFORMS = {
  'android-interface': { title: 'Android: addJavascriptInterface', hasBack: true, install: addImChatHost, send: evaluated },
  'android-listener': {
    title: 'Android: addWebMessageListener',
    hasBack: true,
    install(view, onMessage) {
      view.ImChatHost = Object.assign(new view.EventTarget(), { postMessage: onMessage })
    },
    send: async (view, message) => void view.ImChatHost.dispatchEvent(new view.MessageEvent('message', { data: JSON.stringify(message) })),
  },
  ios: {
    title: 'iOS: WKScriptMessageHandler',
    install(view, onMessage) {
      view.webkit = { messageHandlers: { imChat: { postMessage: onMessage } } }
    },
    send: evaluated,
  },
  'ios-reply': {
    title: 'iOS: WKScriptMessageHandlerWithReply',
    install(view, onMessage) {
      view.webkit = { messageHandlers: { imChat: { postMessage: async (json) => onMessage(json) } } }
    },
    send: evaluated,
  },
  'react-native': {
    title: 'React Native: react-native-webview',
    hasBack: true,
    install(view, onMessage) {
      view.ReactNativeWebView = { postMessage: onMessage }
    },
    send: injected,
  },
  flutter: { title: 'Flutter: webview_flutter', hasBack: true, install: addImChatHost, send: evaluated },
  'flutter-inappwebview': {
    title: 'Flutter: flutter_inappwebview',
    hasBack: true,
    install(view, onMessage) {
      view.flutter_inappwebview = {
        callHandler: async (name, json) => {
          if (name !== 'imChat') throw new Error(`No handler ${name}`)
          onMessage(json)
        },
      }
    },
    send: evaluated,
  },
  harmony: { title: 'HarmonyOS: ArkWeb registerJavaScriptProxy', hasBack: true, install: addImChatHost, send: evaluated },
}
